"""The floor under a semantic diff: git, one cat-file, a parse of both sides, top-level nodes compared. No rules, no report.

A yardstick for `make bench`, written apart from the product on purpose: it shares no code with it.

    python tools/bench_floor.py REPOSITORY BASE HEAD
"""

from __future__ import annotations

import subprocess
import sys

SUFFIXES = {".tf": "hcl", ".py": "python", ".sh": "bash", ".json": "json", ".toml": "toml"}


def main(repository: str, base: str, head: str) -> None:
    raw = subprocess.run(
        ["git", "-C", repository, "diff", "--raw", "-z", "-M", "--no-ext-diff", "--no-abbrev", base, head],
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    pairs: list[tuple[str, str, str]] = []
    position = 0
    while position + 1 < len(raw):
        _, _, old, new, status = raw[position].decode().lstrip(":").split(" ")
        paths = raw[position + 1 : position + (3 if status[0] in "RC" else 2)]
        position += 1 + len(paths)
        pairs.append((paths[-1].decode("utf-8", "replace"), old, new))
    batch = subprocess.Popen(
        ["git", "-C", repository, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert batch.stdin and batch.stdout
    changed = 0
    for path, *blobs in pairs:
        grammar = next((g for suffix, g in SUFFIXES.items() if path.endswith(suffix)), "")
        if not grammar:
            continue
        sides = []
        for blob in blobs:
            if not blob.strip("0"):
                sides.append([])
                continue
            batch.stdin.write(blob.encode() + b"\n")
            batch.stdin.flush()
            size = int(batch.stdout.readline().split()[2])
            sides.append(top_level(grammar, batch.stdout.read(size)))
            batch.stdout.read(1)
        before, after = (set(side) for side in sides)
        changed += len(before ^ after)
    batch.stdin.close()
    print(f"{len(pairs)} files, {changed} top-level differences")


def top_level(grammar: str, data: bytes) -> list[bytes]:
    import importlib

    import tree_sitter

    module = importlib.import_module(f"tree_sitter_{grammar}")
    parser = tree_sitter.Parser(tree_sitter.Language(module.language()))
    root = parser.parse(data).root_node
    nodes = root.children
    if grammar == "hcl" and nodes:
        nodes = nodes[0].children
    return [data[node.start_byte : node.end_byte] for node in nodes]


if __name__ == "__main__":
    main(*sys.argv[1:4])
