"""Names that are gone, or take less than before, while something in the tree after still uses them.

Whoever uses a name is found by one text screen over the whole tree, for all names that vanished in the change set at once;
the files that it names are then read to tell a use from a word. In Python a use is an import that resolves to the
definition; in other languages, and for methods, a call of that name while no definition of it is left: a lower bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from blastlint.enrich.code.pairs import Pair, Scope
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, Region, Related
from blastlint.parse.code import Handle, Module, Parameter
from blastlint.regex import regex

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "python": (".py", ".pyi"),
    "javascript": (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"),
    "go": (".go",),
    "ruby": (".rb", ".rake", ".erb"),
    "java": (".java",),
    "rust": (".rs",),
}
_DEFINES = (  # %s is the name
    r"(\bdef\s+(self\.)?|\bclass\s+|\bmodule\s+|\bfunc\s+(\([^)]*\)\s*)?|\bfunction\s*\*?\s*|\bfn\s+"
    r"|\b(const|let|var|type|struct|enum|trait|interface|static|void|int|boolean|String)\s+)%s\b"
    r"|^\s*%s\s*(:[^=]+)?=[^=]|\b%s\s*[:=]\s*(async\s*)?(function|\()"
    r"|^\s*(public|private|protected|static|final|abstract|async|override)\s[\w<>\[\], ]*\b%s\s*\("
    r"|^\s*(async\s+)?%s\s*\([^;]*\)\s*(:[^;{]+)?\{"
)
_IN_GO = r"|^\s+%s(\s+[\w.*\[\]]+)?\s*(=[^=].*)?(//.*)?$|\b%s\s*(,\s*\w+\s*)*:="  # in a group of constants, in a function
_GLOBAL = frozenset({"Buffer", "Promise", "Symbol", "TextDecoder", "TextEncoder", "URLSearchParams", "AbortController",
                     "clearInterval", "clearTimeout", "crypto", "fetch", "performance", "process", "queueMicrotask",
                     "setImmediate", "setInterval", "setTimeout", "structuredClone"})  # fmt: skip
_SPEECH = regex(r"(^|\s)(#|//|\*).*$|\"[^\"]*\"|'[^']*'")
_COMMON = frozenset({"default", "constructor", "initialize", "call", "perform", "main", "test", "index", "show"})
_SHOWN, _FILES, _SHORT = 8, 60, 4


@dataclass(frozen=True, slots=True)
class _Use:
    path: str
    line: int
    text: str


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `symbol` fact: the name is gone, or its signature is narrower, and it is used."""
    change = pair.change
    if change.before is None or change.type not in ("function", "class", "setting") or pair.scope.is_test(change.path):
        return
    if not pair.scope.context.change_set.complete:
        return  # a patch shows too little of the tree
    if change.action == "removed" or _renamed(change):
        lost = _lost(pair.scope).get(_module(change, True).path, ())
        if lost and lost[0][0] is change:
            yield _fact(
                pair, "removed", [c.before.name for c, _ in lost if c.before], [u for _, uses in lost for u in uses]
            )
    elif change.type == "function" and _header_differs(change):
        yield from _narrowed(pair)


@lru_cache(maxsize=1)
def _lost(scope: Scope) -> Mapping[str, tuple[tuple[Change, tuple[_Use, ...]], ...]]:
    """File before -> its names that are gone and still used: they are one cause. Members go with their class."""
    found: dict[str, list[tuple[Change, tuple[_Use, ...]]]] = {}
    gone = {
        (c.path, c.before.address) for c in scope.changes if c.action == "removed" and c.before and c.type == "class"
    }
    for change in scope.changes:
        if change.before is None or change.type not in ("function", "class", "setting") or scope.is_test(change.path):
            continue
        if (change.action == "removed" or _renamed(change)) and (change.path, change.before.parent) not in gone:
            uses = tuple(_uses(change, scope))
            if uses:
                found.setdefault(_module(change, True).path, []).append((change, uses))
    return {path: tuple(lost) for path, lost in found.items()}


def _fact(pair: Pair, what: str, names: list[str], uses: list[_Use]) -> Fact:
    tests = [u for u in uses if pair.scope.is_test(u.path)]
    outside = [u for u in uses if u not in tests] or uses
    more = len(outside) - 1
    where = f"{outside[0].path}:{outside[0].line}" + (f" and {more} more place{'s' * (more > 1)}" if more else "")
    name = names[0] + (f" (and {len(names) - 1} more)" if len(names) > 1 else "")
    fields: dict[str, FactValue] = {
        "what": what,
        "name": name,
        "uses": len(uses),
        "where": where,
        "tests_only": len(tests) == len(uses),
    }
    related = tuple(Related(f"still uses {name}", Region("after", u.path, u.line), u.path) for u in outside[:_SHOWN])
    return pair.fact("symbol", what, fields, related=related)


def _renamed(change: Change) -> bool:
    """Whether it has another name, or stands in another file, now."""
    if change.action not in ("moved", "modified") or not change.previous_address:
        return False
    assert change.before is not None and change.after is not None
    return change.before.name != change.after.name or _module(change, True).name != _module(change, False).name


def _module(change: Change, before: bool) -> Module:
    entity = change.before if before else change.after
    assert entity is not None and isinstance(entity.detail, Handle)
    return entity.detail.module


def _uses(change: Change, scope: Scope) -> Iterator[_Use]:
    """Where the tree after still uses what is gone."""
    module = _module(change, True)
    assert change.before is not None
    name = change.before.name
    if not re.fullmatch(r"\w+", name) or name.startswith("__") or len(name) < _SHORT or name in _COMMON:
        return
    lines = _lines(scope).get(name, ())
    handle = change.before.detail
    assert isinstance(handle, Handle)
    family = change.kind.partition(".")[0]
    lines = tuple(u for u in lines if u.path.endswith(_SUFFIXES[family]))
    if not lines:
        return
    if family == "python" and not handle.definition.parent:
        yield from _imported(change, module, lines, scope)
        return
    if family == "javascript" and name in _GLOBAL:
        return  # what is left is what the language has
    forms = _DEFINES + _IN_GO if family == "go" else _DEFINES
    defines = re.compile(forms.replace("%s", re.escape(name)))
    if any(defines.search(u.text) for u in lines):
        return
    called = re.compile(rf"(?<![\w\"']){re.escape(name)}\s*[(<]|\bnew {re.escape(name)}\b|[.:]{re.escape(name)}\b")
    if change.type in ("class", "setting"):
        called = re.compile(rf"(?<![\w\"'/.-]){re.escape(name)}(?![\w\"'/-])")
    elif handle.definition.parent or "." in handle.definition.name:
        called = re.compile(rf"[.:]{re.escape(name)}\s*\(")
    found = [u for u in lines if called.search(_SPEECH.sub(" ", u.text))]
    parent = handle.definition.name.rpartition(".")[0].rpartition(".")[2]
    if parent and not handle.definition.parent:  # in a namespace: only by its name is it this one
        found = [u for u in found if re.search(rf"\b{re.escape(parent)}(::|\.){re.escape(name)}\b", u.text)]
    if parent:  # said to be somebody else's
        qualified = re.compile(rf"(\w+)::{re.escape(name)}\b")
        found = [u for u in found if parent in (whose := qualified.findall(u.text)) or not whose]
    if handle.definition.parent and not any((parent and parent in u.text) or u.path == change.path for u in found):
        return  # a method of that name may be anybody's
    if not handle.definition.parent:
        found = [u for u in found if _reaches(u, change, family, scope)]
    yield from found


def _reaches(use: _Use, change: Change, family: str, scope: Scope) -> bool:
    """Whether a name in a file can be the one that is gone: in Go it is of the same package, or told with the package's
    name; in JavaScript another file names the module somewhere."""
    assert change.before is not None
    home, name = change.before.region.path, change.before.name
    directory, _, file = home.rpartition("/")
    if family == "go":
        package = directory.rpartition("/")[2]
        bare = use.path.rpartition("/")[0] == directory and re.search(rf"(?<![\w.]){re.escape(name)}\b", use.text)
        return bool(bare or re.search(rf"\b{re.escape(package)}\.{re.escape(name)}\b", use.text))
    if family == "javascript" and use.path != home:
        stem = file[:1] + file[1:].partition(".")[0]  # a hidden file's name begins with a dot
        named = directory.rpartition("/")[2] if stem == "index" else stem
        text = (scope.context.after.tree.read(use.path) or b"").decode("utf-8", "replace")
        return re.search(rf"[\"'/]{re.escape(named)}[\"'./]", text) is not None
    return True


def _imported(change: Change, module: Module, lines: tuple[_Use, ...], scope: Scope) -> Iterator[_Use]:
    """Files that import the name from where it was and not from where it is now, and the file itself where it still uses
    it."""
    assert change.before is not None
    name = change.before.name
    moved = _module(change, False).name if change.after is not None and change.after.name == name else ""
    workspace = scope.context.after
    home = workspace.document(module.path)
    here = home.content if home is not None and isinstance(home.content, Module) else None
    if here is not None and (name in here.by_name or name in here.aliases or b"__getattr__" in here.source):
        return  # it is still to be had there
    if here is not None and re.search(rb"import \*|globals\(\)", here.source):
        return
    word = re.compile(rf"(?<![\w.\"']){re.escape(name)}\b(?!\s*=[^=])")
    targets = {f"{module.name}.{name}"}
    by_file: dict[str, list[_Use]] = {}
    for use in lines:
        by_file.setdefault(use.path, []).append(use)
    for path, uses in list(by_file.items())[:_FILES]:
        document = workspace.document(path)
        if document is None or not isinstance(document.content, Module):
            continue
        user = document.content
        if path == module.path:
            bound = re.compile(
                rf"\b(def|class|for|as|lambda|global|except)\b[^=:]*\b{re.escape(name)}\b|\b{re.escape(name)}\s*(:|=[^=])"
            )
            if any(bound.search(u.text) for u in uses):
                continue
            yield from (u for u in uses if any(_is_name(user, u, match.start()) for match in word.finditer(u.text)))
            continue
        left = [i for i in user.imports if not (moved and _same(i.target, {moved, f"{moved}.{name}"}))]
        aliases = [i.alias for i in left if _same(i.target, targets)]
        modules = [i.alias for i in left if _same(i.target, {module.name})]
        if aliases:
            line = next((u for u in uses if "import" in u.text), uses[0])
            yield line
        elif modules:
            used = re.compile("|".join(rf"(?<![\w.]){re.escape(a)}\.{re.escape(name)}\b" for a in modules))
            yield from (u for u in uses if used.search(u.text))


def _is_name(module: Module, use: _Use, column: int) -> bool:
    """Whether the program says a name there, and not a comment, a docstring or another text."""
    root = module.by_name[""].node
    place = (use.line - 1, len(use.text[:column].encode()))
    found = root.descendant_for_point_range(place, place)  # type: ignore[attr-defined]
    return found is not None and found.type == "identifier"


def _same(target: str, wanted: set[str]) -> bool:
    """Whether an import is of the wanted name: a package may be imported below a root that the path does not tell."""
    return any(target == w or (w.endswith(f".{target}") and target.count(".") >= 1) for w in wanted)


# --- signatures -----------------------------------------------------------------------------------------------------


def _narrowed(pair: Pair) -> Iterator[Fact]:
    """Parameters that callers still give and that are gone, or that they do not give and are wanted now."""
    before, after = pair.before.parameters, pair.after.parameters
    old, new = {p.name: p for p in before}, {p.name: p for p in after}
    text = pair.text("after").partition(":\n")[0]
    if "**" in text or "*args" in text:
        return
    gone = [n for n in old if n not in new and n not in ("self", "cls")]
    wanted = [p for p in after if p.name not in old and not p.default and p.name not in ("self", "cls")]
    if (not gone and not wanted) or len(after) == len(before):
        return
    change = pair.change
    assert change.before is not None and isinstance(change.before.detail, Handle)
    name = change.before.name
    if change.before.detail.definition.parent or change.before.name.startswith("__") or len(name) < _SHORT:
        return
    if any(d.last not in ("staticmethod", "cache", "lru_cache") for d in pair.after.decorators):
        return
    uses: list[_Use] = []
    for use in _lines(pair.scope).get(name, ()):
        given = re.search(rf"(?<![\w.]){re.escape(name)}\(([^()]*)\)", _plain(use.text))
        if given is None or re.search(rf"\bdef {re.escape(name)}\b", use.text):
            continue
        broken = "*" not in given.group(1) and _breaks(given.group(1), gone, after)
        if broken and (use.path == change.path or _imports(use.path, name, _module(change, False), pair.scope)):
            uses.append(use)
    if uses:
        yield _fact(pair, "narrowed", [name], uses)


def _plain(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "0", text)


def _breaks(arguments: str, gone: list[str], after: tuple[Parameter, ...]) -> bool:
    given = [a.strip() for a in arguments.split(",") if a.strip()]
    named = {a.partition("=")[0].strip() for a in given if re.match(r"\w+\s*=[^=]", a)}
    positional = len(given) - len(named)
    needed = [p.name for p in after if not p.default and p.name not in ("self", "cls")]
    if named & set(gone) or positional > len(after):
        return True
    return len([n for n in needed if n not in named]) > positional


def _imports(path: str, name: str, module: Module, scope: Scope) -> bool:
    document = scope.context.after.document(path)
    if document is None or not isinstance(document.content, Module):
        return False
    return any(_same(i.target, {f"{module.name}.{name}"}) for i in document.content.imports)


# --- the screen -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _lines(scope: Scope) -> Mapping[str, tuple[_Use, ...]]:
    """Name -> the lines of the tree after that hold it, for every name that is gone or takes other parameters."""
    names: set[str] = set()
    families: set[str] = set()
    for change in scope.changes:
        if change.before is None or change.type not in ("function", "class", "setting") or scope.is_test(change.path):
            continue
        asked = change.action == "removed" or _renamed(change) or _header_differs(change)
        if asked and len(change.before.name) >= _SHORT and re.fullmatch(r"\w+", change.before.name):
            names.add(change.before.name)
            families.add(change.kind.partition(".")[0])
    if not names:
        return {}
    suffixes = tuple(s for family in sorted(families) for s in _SUFFIXES[family])
    word = re.compile(r"[^\W\d]\w*")
    found: dict[str, list[_Use]] = {}
    for path, line, text in _numbered(scope, tuple(sorted(names)), suffixes):
        for name in names.intersection(word.findall(text)):
            found.setdefault(name, []).append(_Use(path, line, text))
    return {name: tuple(uses) for name, uses in found.items()}


def _header_differs(change: Change) -> bool:
    """Whether a Python function's first line is another one: its parameters may be."""
    if change.after is None or change.action != "modified" or change.kind != "python.function":
        return False
    texts = [
        e.detail.definition.text.partition(b":\n")[0]
        for e in (change.before, change.after)
        if e and isinstance(e.detail, Handle)
    ]
    return len(set(texts)) > 1


def _numbered(scope: Scope, names: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    """(path, line number, line) of the lines that hold one of the names. The screen says which files; their lines are read
    only for those."""
    tree = scope.context.after.tree
    held = re.compile("|".join(names))
    for path in dict.fromkeys(path for path, _ in tree.lines(names, suffixes)):
        data = tree.read(path)
        if data is None or len(data) > 1_000_000:
            continue
        for number, text in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            if len(text) < 2000 and held.search(text):
                yield path, number, text
