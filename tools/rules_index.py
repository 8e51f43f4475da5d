"""Write rules/index.json, from which start-up reads the rules. Run after editing a rule: `make rules`."""

from __future__ import annotations

import json
import os

from blastlint.engine.load import INDEX, index_of, rules_directory


def main() -> None:
    directory = rules_directory()
    entries = index_of(directory)
    with open(os.path.join(directory, INDEX), "w", encoding="utf-8") as file:
        json.dump(entries, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")
    print(f"{len(entries)} rules -> {os.path.join(directory, INDEX)}")


if __name__ == "__main__":
    main()
