"""Score of the labelled changes beside that of the first run: python -m tests.cases.score [AREA]"""

from __future__ import annotations

import sys
from collections import Counter

from tests.cases.runner import cases, differences, first_runs


def main(area: str = "") -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in cases():
        if not case.group.startswith(area):
            continue
        wrong = differences(case)
        total[case.group] += 1
        right[case.group] += not wrong
        if wrong:
            print(f"{case.group}: {case.name}" + (f"  (known: {case.fails})" if case.fails else ""))
            print("".join(f"    {text}\n" for text in wrong), end="")
    first = first_runs()
    for group in sorted(total):
        print(f"{group:32} {right[group]:4}/{total[group]:<4} first run {first[group]}")
    print(f"{'all':32} {right.total():4}/{total.total()}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
