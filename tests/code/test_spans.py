"""Where libcst's nodes stand: our one pass against libcst's own providers, which are three times as slow."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider

from blastlint.parse.python_text import Source

ROOT = Path(__file__).parents[2]
OURS = (ROOT / "blastlint" / "parse" / "python_text.py").read_text()
ODD = (
    "x = (a)  ; y = b ;\n",
    "if 1:\n    return (yield)\nelif (not x): pass  # told\nelse:\n\n    raise  (  E  )  from  e",
    "@a . b(c, * d, e = f ,)\nasync def f(x: int = 1, /, *, y: 'str' = \"ü😀\", **z) -> (None):\n\tawait  x\n",
    "with (a as b, c): ...\nfor x in (1, 2,): print(x,); break\nelse: pass\n",
    "try:\n  a\nexcept* (E, F) as e: pass\nfinally:\n  del (b), c\n",
    "match x:\n    case {'a': 1, **r} if (r): f'{x!r:>{w}}' 'é' \"s\"\n",
    "lambda: (x)[1:2, ::3].y\n[(a) for a in b if (c) if d]\nx = not  a  and(b)or c if d else - e\n",
)


@pytest.mark.parametrize("text", [OURS, *ODD])
def test_texts_and_places_are_those_of_libcst(text: str) -> None:
    tree = cst.parse_module(text)
    wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
    spans, places = wrapper.resolve(ByteSpanPositionProvider), wrapper.resolve(PositionProvider)
    source, data = Source(tree, text), text.encode()
    for number, (node, span) in enumerate(spans.items()):
        start, end = source.extent(node)
        assert text[start:end].encode() == data[span.start : span.start + span.length], type(node)
        if number % 40 == 0 and end <= len(text):
            place = places[node]
            whole = (place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
            assert source.span(node) == whole, type(node)
