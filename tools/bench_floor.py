"""The floor under a semantic diff: git, one cat-file, a parse of both sides, top-level nodes compared. No rules, no report.

A yardstick for `make bench`, written apart from the product on purpose: it shares no code with it.

    python tools/bench_floor.py REPOSITORY BASE HEAD [--statements]

With --statements every Python statement of the top level that one side alone has is given to libcst, with positions: what
reading nothing but those costs. YAML is read by libyaml's events, each document a top-level node.
"""

from __future__ import annotations

import subprocess
import sys

SUFFIXES = {
    ".tf": "hcl", ".py": "python", ".sh": "bash", ".json": "json", ".toml": "toml", ".js": "javascript", ".go": "go",
    ".yaml": "yaml",
}  # fmt: skip


def main(repository: str, base: str, head: str, statements: str = "") -> None:
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
        if statements and grammar == "python":
            for statement in before ^ after:
                positions(statement)
    batch.stdin.close()
    print(f"{len(pairs)} files, {changed} top-level differences")


def positions(statement: bytes) -> None:
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    MetadataWrapper(libcst.parse_module(statement), unsafe_skip_copy=True).resolve(PositionProvider)


def documents(data: bytes) -> list[bytes]:
    import yaml

    starts = [
        event.start_mark.index
        for event in yaml.parse(data.decode(), Loader=yaml.CLoader)
        if isinstance(event, yaml.DocumentStartEvent)
    ]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def top_level(grammar: str, data: bytes) -> list[bytes]:
    if grammar == "yaml":
        return documents(data)
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
    main(*sys.argv[1:5])
