"""Calls in a loop over everything that a listing gives: what is deleted there is all there is."""

from __future__ import annotations

import re

from blastlint.regex import regex

# A loop, what it runs over, and how the element is called; Python, JavaScript, Go and Ruby alike.
_LOOP = regex(
    r"\bfor\s*(?:await\s*)?\(?\s*(?:const|let|var)?\s*(?:_\s*,\s*)?(?P<name>[\w, ]+?)\s+(?:in|of)\s+(?P<over>[^\n]*)"
    r"|\bfor\s+(?:_\s*,\s*)?(?P<go>\w+)\s*:=\s*range\s+(?P<goover>[^\n]*)"
    r"|(?P<each>[\w.()\"'\[\]?!]+)\.(?:each|forEach|map|find_each)\b\s*(?:\(\s*(?:async\s*)?\(?\s*(?P<fn>\w+)|(?:do|\{)\s*\|\s*(?P<block>\w+))"
)
_LISTING = regex(
    r"(?i)(\b|_)(list_?[a-z_]*|describe_?[a-z_]*|paginate|get_paginator|scan|iter_?[a-z_]*|search_all)\s*\(|\.(all|list|items)\(\)"
    r"|\b(List|Describe)\w+Command\b|\.(List|Describe)[A-Z]\w*\("
)
_PICKS = regex(
    r"(?i)\bif\b|\bfilters?\s*=|Filters\b|prefix\s*[=:]|\.(filter|select|reject|where|find)\b|\bcontinue\b|\?\s|&&|\bunless\b|\btags?\b"
)


def everything(text: str, name: str) -> str:
    """What the loop runs over in which the call `name` at the end of `text` stands, when that is a listing with nothing that
    picks; else empty."""
    at = text.rfind(name.rpartition(".")[2].rpartition(":")[2])
    if at < 0:
        return ""
    for match in reversed(list(_LOOP.finditer(text, 0, at))):
        over = match["over"] or match["goover"] or match["each"] or ""
        element = (match["name"] or match["go"] or match["fn"] or match["block"] or "").split(",")[-1].strip()
        if not element or not re.search(rf"\b{re.escape(element)}\b", text[match.end() :]):
            continue
        origin = over if _LISTING.search(over) else _origin(over, text[: match.start()])
        if origin and not _PICKS.search(origin) and not _PICKS.search(text[match.end() : at]):
            return " ".join(origin.split()).rstrip(":{ ")
    return ""


def _origin(over: str, before: str) -> str:
    """The statement that a name in the loop got its value from, where that is a listing."""
    word = re.search(r"[A-Za-z_]\w*", over)
    if word is None:
        return ""
    found = re.findall(rf"^.*\b{re.escape(word.group())}\b[^=\n]*:?=(?!=)\s*(.+)$", before, re.MULTILINE)
    return found[-1] if found and _LISTING.search(found[-1]) else ""
