"""`secret` facts of configuration: a secret that is written out in a file of settings where a reference, a placeholder or
nothing stood. One fact for each file; what holds the secrets is named, what they are never is.

Which keys hold secrets, and which texts are secrets by their shape, masking.py knows: what is told here is hidden there.
What was committed before (somewhere in the files that change) is as known as ever, and no news.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from math import log2

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.file_roles import file_role
from blastlint.facts.paths import keys
from blastlint.facts.words import words
from blastlint.frozen import dataclass
from blastlint.masking import MASK, is_secret_name, mask_text, says_nothing
from blastlint.model import Change, Fact, Region, Related, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_SHOWN = 20
_DEPTH = 40
_KEY = 100  # characters: less is no private key, only how one begins
_SHORTEST = 6  # characters of a word that is a password
_LONGEST = 2000  # characters of a line
_LEAST = 8  # characters: a shorter text is hardly a secret
_ENTROPY = 2.75  # bits for each character: words of a language that are written out have less than random letters
_WORD = 2.6  # letters: pieces of a random text are shorter, words are longer
_NO_SETTINGS = frozenset({"catalogue", "specification", "dashboard", "state", "data"})
_ORDER = ("reference", "placeholder", "nothing", "value")  # the gravest first
_VALUE = frozenset({"value", "default"})  # of something that is named above, or beside
_NAMES = ("name", "key", "ParameterKey")
_DATA = frozenset({"data", "stringData"})
_ASSIGNED = regex(r"^(?P<name>[A-Za-z_][\w.-]*)=(?P<value>.*)$")
_ABOUT = regex(r"(?i)public|publishable|site[_-]?key|fingerprint|hash|digest|checksum|cert|existing|_?name$|ref$|external")
_PLACEHOLDER = regex(
    r"(?i)example|change|placeholder|dummy|your|xxx|todo|replace|insert|redacted|insecure|default|sample|not[-_ ]?a|\*\*\*"
    r"|fake|mock|(?<![a-z])(test|foo|bar|demo)(?![a-z])|<[a-z _-]+>|secret$|^password"
)
# Something else's name, or a place where it is kept; what a program fills in; what nobody can read without a key.
_REFERENCE = regex(
    r"(?i)\$\{|\$\(|\{\{|<%|%\w+%|^\$[a-z_]|^(ref\+|op:|vault:|arn:|aws|gcp|projects/|/|\./|~/|env[:(]|file:"
    r"|secret(s|ref)?[:./])"
)
_SEALED = regex(
    r"^(ENC\[|AgA|AgB|\$ANSIBLE_VAULT|vault:v\d|age1|-----BEGIN (PGP|AGE|CERT|PUBLIC|RSA PUBLIC)|ssh-|ecdsa-"
    r"|LS0tLS1CRUdJTiBD|\$(2[aby]|argon2\w*|5|6|apr1|pbkdf2[\w-]*)\$|sha(1|256|384|512)[-:]|pk_(live|test)_"
    r"|https://[0-9a-f]{32}@)"  # which programs that everybody has tell their errors to
)
_NAMED = regex(r"[A-Za-z][a-z]*\d{0,2}(?:[-_./:](?:[A-Za-z][a-z]*|[A-Z]{2,}|)\d{0,4})+")  # shop-token-v2
_SCHEME = regex(r"(?i)^(bearer|basic|token)\s+")
_VARIABLE = regex(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|v?\d+(\.\d+)+\S*")  # API_KEY_V2, 1.2.3-beta4
_TEMPLATE = regex(r"(^|[._-])(template|tmpl|tpl|skeleton|stub|demo)([._-]|$)|env\.(test|e2e|ci)\b|\.(test|e2e)\.env$")
_OWN = regex(r"(?i)^(dev|development|test|testing|local|localhost)$")
_PLAIN = regex(r"(?=.*[A-Za-z])[\w.@!#$%^&*+-]+")
# Files whose secrets stand in lines: which files, how such a line begins, and what stands in it.
_VALUE_OF = r"(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"]+))"
_LINES: tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...] = (
    (regex(r"\.tfvars$"), regex(r"\s*"), regex(rf"(?P<name>[\w-]+)\s*=\s*{_VALUE_OF}")),
    (regex(r"(?i)(^|/)(docker|container)file([.-][^/]*)?$|\.dockerfile$"), regex(r"(?i)\s*(ENV|ARG)\s+"),
     regex(rf"(?P<name>[A-Za-z_]\w*)[= ]{_VALUE_OF}")),
)  # fmt: skip
_SEALING = frozenset({"SealedSecret", "ExternalSecret", "CustomResourceDefinition"})


@dataclass(frozen=True, slots=True)
class Written:
    """What stands under one name: a text, or None for something that is no text (a reference to elsewhere)."""

    name: str
    text: str | None
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one changed or new file."""
    if change.after is None or path_class_of(change.path, context.config) != "source":
        return
    path = change.after.address
    if _TEMPLATE.search(path.rpartition("/")[2]):
        return
    named = {place: w for place, w in _written(path, context.after) if w.text is not None and _is_named(w)}
    if not named:
        return
    was = dict(_written(change.before.address, context.before)) if change.before is not None else {}
    now = {
        place: w
        for place, w in named.items()
        if is_secret(w.name, w.text or "") or (place in was and _replaced(was[place]) == "reference" and _is_plain(w))
    }
    news = [
        (_replaced(was.get(place)), written)
        for place, written in now.items()
        if not ((old := was.get(place)) and old.text == written.text) and not _is_known(written.text or "", context)
    ]
    if not news:
        return
    gravest = min((replaced for replaced, _ in news), key=_ORDER.index)
    told = [written for replaced, written in news if replaced == gravest]
    told += [written for replaced, written in news if replaced != gravest]
    more = len(told) - 1
    yield Fact(
        "secret",
        {
            "name": told[0].name + (f" and {more} more" if more else ""),
            "replaced": gravest,
            "new_code": gravest == "nothing",
            "local": all(_is_local(place) for place in now),
        },
        after=told[0].region,
        related=tuple(Related(f"so is {w.name}", w.region) for w in told[1 : _SHOWN + 1]),
    )


def _is_local(place: str) -> bool:
    """Whether it stands in the section of a file that is for machines of developers: `0 development token`."""
    sections = place.split(" ")[1:-1]
    return bool(sections) and _OWN.match(sections[0]) is not None


def _is_named(written: Written) -> bool:
    """Whether it may be a secret: by its name, or by its shape."""
    return is_secret_name(_last(written.name)) or is_secret(written.name, written.text or "")


def _is_plain(written: Written) -> bool:
    """Whether it is a word that may be a password: where a reference stood, nobody writes anything else."""
    text = (written.text or "").strip()
    if not (_SHORTEST <= len(text) <= _KEY and is_secret_name(_last(written.name))) or says_nothing(text):
        return False
    elsewhere = (_ABOUT.search(written.name), _SEALED.search(text), _PLACEHOLDER.search(text), _REFERENCE.search(text))
    return not any(elsewhere) and _PLAIN.fullmatch(text) is not None


def _last(name: str) -> str:
    return keys(name)[-1] if keys(name) else name


def _replaced(old: Written | None) -> str:
    """What the secret took the place of."""
    if old is None:
        return "nothing"
    if old.text is None or _REFERENCE.search(old.text):
        return "reference"
    if says_nothing(old.text):
        return "reference" if old.text.strip("\"' ").startswith(("$", "{", "<", "%")) else "placeholder"
    return "value" if is_secret(old.name, old.text) else "placeholder"


def _is_known(text: str, context: Context) -> bool:
    return any(text in known for known in context.once(_texts_before))


def _texts_before(context: Context) -> tuple[str, ...]:
    """What the changed files said before."""
    paths = (file.before for file in context.change_set.files if file.before is not None)
    found = (text_of(context.before.tree.read(path)) for path in paths)
    return tuple(text.text for text in found if text is not None)


# --- what is written --------------------------------------------------------------------------------------------------


def _written(path: str, side: Workspace) -> Iterator[tuple[str, Written]]:
    """(place, what stands there) of everything with a name in a file of settings; places are the same on both sides."""
    lines = next((row for row in _LINES if row[0].search(path)), None)
    if lines is not None:
        yield from _in_lines(path, lines[1], lines[2], side)
        return
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return
    for number, root in enumerate(document.content.documents):
        kind = root.get("kind")
        role = file_role(path, root, document.language)
        if role in _NO_SETTINGS or "sops" in root.items or (kind is not None and kind.scalar in _SEALING):
            continue
        throwaway = ("services",) if role == "pipeline" else ()  # lives as long as the job does
        for place, written in _below(root, (), throwaway):
            if kind is not None and kind.scalar == "Secret" and place[0] in _DATA:
                written = _of_secret(place, written)
            yield f"{number} {' '.join(place)}", written


def _in_lines(
    path: str, start: re.Pattern[str], form: re.Pattern[str], side: Workspace
) -> Iterator[tuple[str, Written]]:
    """What stands in lines of their own: variables of Terraform, `ENV` and `ARG` of an image."""
    text = text_of(side.tree.read(path))
    for number, line in enumerate(text.text.splitlines() if text is not None else (), 1):
        begins = start.match(line) if len(line) < _LONGEST else None
        for match in form.finditer(line, begins.end()) if begins is not None else ():
            value = match["quoted"] if match["quoted"] is not None else match["bare"]
            region = Region("after", path, number, 1, number, len(line) + 1)
            yield f"0 {match['name']}", Written(match["name"], value, region)


def _of_secret(place: tuple[str, ...], written: Written) -> Written:
    """An entry of a Kubernetes Secret; what is encoded says what it encodes."""
    if place[0] == "stringData" or written.text is None:
        return written
    try:
        return Written(written.name, b64decode(written.text, validate=True).decode(), written.region)
    except (Error, ValueError):
        return written


def _below(value: Value, place: tuple[str, ...], without: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Written]]:
    if len(place) > _DEPTH:
        return
    for key, child in value.items.items():
        if key in without:
            continue
        way = place if key.lower() in _VALUE and place else (*place, key)
        if child.is_scalar:
            yield way, Written(way[-1], _text(child), child.region)
        elif key == "valueFrom" or not child.known or any(k.startswith(("!", "Fn::", "Ref")) for k in child.items):
            way = place if key == "valueFrom" and place else way
            yield way, Written(way[-1], None, child.region)
        else:
            yield from _below(child, way, without)
    for number, element in enumerate(value.elements):
        assigned = _ASSIGNED.match(element.scalar) if isinstance(element.scalar, str) else None
        if assigned is not None:
            yield (*place, assigned["name"]), Written(assigned["name"], assigned["value"], element.region)
        elif element.items:
            names = (element.get(name) for name in _NAMES)
            name = next((str(n.scalar) for n in names if n is not None and n.scalar is not None), str(number))
            yield from _below(element, (*place, name), without)


def _text(value: Value) -> str:
    return str(value.scalar) if isinstance(value.scalar, str | int) and not isinstance(value.scalar, bool) else ""


# --- what is a secret -------------------------------------------------------------------------------------------------


def is_secret(name: str, text: str) -> bool:
    """Whether a text under this name is a secret as it stands: by the name and its randomness, or by its shape alone."""
    text = _SCHEME.sub("", text.strip())
    if len(text) < _LEAST or says_nothing(text) or _SEALED.search(text) or _ABOUT.search(name):
        return False
    if "PRIVATE KEY-----" in text:
        return text.startswith("-----BEGIN") and len(text) > _KEY
    if any(c.isspace() for c in text):
        return False
    masked = mask_text(text)
    if masked != text:  # by its shape, or a part of it: of a URL
        head, tail = masked.partition(MASK)[0], masked.rpartition(MASK)[2]
        return _is_random(text[len(head) : len(text) - len(tail)])
    return "://" not in text and is_secret_name(_last(name)) and _is_random(text)


def _is_random(text: str) -> bool:
    """Long, of several kinds of characters, and neither words nor what people write where a secret will stand."""
    if len(text) < _LEAST or _PLACEHOLDER.search(text) or _REFERENCE.search(text):
        return False
    kinds = sum((any(c.islower() for c in text), any(c.isupper() for c in text), any(c.isdigit() for c in text),
                 not text.replace("-", "").replace("_", "").isalnum()))  # fmt: skip
    pieces = words(text)
    worded = sum(map(len, pieces)) / max(len(pieces), 1) > _WORD and not any(c in "!#$%&*?^" for c in text)
    if _NAMED.fullmatch(text) or _VARIABLE.fullmatch(text):
        return False
    return kinds >= 2 and not worded and _entropy(text) >= _ENTROPY


def _entropy(text: str) -> float:
    """Bits for each character, by how often each occurs."""
    return -sum(n / len(text) * log2(n / len(text)) for n in map(text.count, set(text)))
