"""format() and formatlist(): Go's verbs on Terraform values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.terraform.functions.encoding import json_string
from blastlint.resolve.terraform.functions.support import unknown_call
from blastlint.resolve.terraform.templates import partial_string, placeholder
from blastlint.resolve.terraform.values import (
    EvaluationError,
    as_string,
    from_plain,
    number_text,
    parse_number,
    plain,
    tainted,
    wholly_known,
)

_VERB = regex(
    r"%(?P<flags>[-+# 0]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d+|\*))?(?:\[(?P<index>\d+)\])?(?P<verb>.)", re.DOTALL
)
MAX_WIDTH = 10_000


def format_values(template: Value, *args: Value) -> Value:
    """format(): an unknown argument under %s or %v leaves a partial string."""
    pattern = as_string(template)
    sources = (pattern, *args)
    if pattern.known and all(map(wholly_known, args)):
        return tainted(Value(format_text(str(pattern.data), [plain(arg) for arg in args])), sources)
    if not pattern.known:
        return unknown_call("format", sources)
    if all(match["verb"] in "sv%" and not match["width"] for match in _VERB.finditer(str(pattern.data))):
        known = [
            json_string(arg).replace("${", "$${") if isinstance(arg.data, (tuple, dict)) and wholly_known(arg)
            else (str(as_string(arg).data).replace("${", "$${") if arg.known and arg.is_scalar else None)
            for arg in args
        ]  # fmt: skip
        texts: list[object] = []
        for arg, text in zip(args, known, strict=True):
            if text is None and arg.known:
                return unknown_call("format", sources)
            texts.append(placeholder(arg) if text is None else text)
        pattern_text = str(pattern.data).replace("${", "$${")
        return partial_string(format_text(pattern_text, texts), sources)
    return unknown_call("format", sources)


def format_text(pattern: str, args: Sequence[object]) -> str:
    """The formatted text; an error for a wrong number or kind of arguments."""
    used = 0
    highest = 0

    def one(match: re.Match[str]) -> str:
        nonlocal used, highest
        if match["verb"] == "%":
            return "%"
        if "*" in (match["width"], match["precision"]):
            raise EvaluationError("format: '*' is not allowed")
        position = int(match["index"]) - 1 if match["index"] else used
        if not 0 <= position < len(args):
            raise EvaluationError("format: not enough arguments")
        used = position + 1
        highest = max(highest, used)
        return _verb(match, args[position])

    text = _VERB.sub(one, pattern)
    if highest < len(args):
        raise EvaluationError("format: too many arguments")
    return text


def _verb(match: re.Match[str], arg: object) -> str:
    verb, flags = match["verb"], match["flags"]
    width = int(match["width"] or 0)
    precision = int(match["precision"]) if match["precision"] else None
    if width > MAX_WIDTH or (precision or 0) > MAX_WIDTH:
        raise EvaluationError("format: width too large")
    if verb in "sv" and not ("#" in flags and verb == "v"):
        text = _text(arg, verb)
        if precision is not None and verb == "s":
            text = text[:precision]
    elif verb in "qv":
        text = json_string(from_plain(arg if verb == "v" else _text(arg, "s")))
    elif verb == "t":
        if arg not in (True, False, "true", "false"):
            raise EvaluationError("format: bool required")
        text = "true" if arg in (True, "true") else "false"
    elif verb in "bdoxXeEfFgG":
        text = _number(verb, _to_number(arg), precision, flags)
    else:
        raise EvaluationError(f"format: unsupported verb %{verb}")
    if len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and verb in "bdoxXeEfFgG":
        sign = text[0] if text[:1] in "+-" else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width, "0" if "0" in flags else " ")


def _text(arg: object, verb: str) -> str:
    if arg is None:
        raise EvaluationError("format: null")
    if isinstance(arg, str):
        return arg
    if isinstance(arg, (dict, list)):
        if verb == "s":
            raise EvaluationError("format: string required")
        return json_string(from_plain(arg))
    if isinstance(arg, bool):
        return "true" if arg else "false"
    assert isinstance(arg, (int, float))
    return number_text(arg)


def _to_number(arg: object) -> int | float:
    number = parse_number(arg) if isinstance(arg, str) else arg
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise EvaluationError("format: number required")
    return number


def _number(verb: str, number: int | float, precision: int | None, flags: str) -> str:
    sign = "+" if "+" in flags and number >= 0 else " " if " " in flags and number >= 0 else ""
    if verb in "bdoxX":
        return sign + format(int(number), verb)
    places = 6 if precision is None and verb not in "gG" else precision
    if verb in "gG" and places is None:
        return sign + _shortest(number, "e" if verb == "g" else "E")
    return sign + format(float(number), f".{places}{verb.replace('F', 'f')}")


def _shortest(number: int | float, letter: str) -> str:
    """Go's %g: as many digits as needed, with an exponent below 1e-4 and from 1e6 on."""
    if number == 0 or 1e-4 <= abs(number) < 1e6:
        return number_text(number)
    mantissa, _, exponent = f"{Decimal(repr(number)).normalize():e}".partition("e")
    return f"{mantissa}{letter}{exponent[0]}{exponent[1:]:0>2}"


def formatlist(pattern: str, *args: object) -> list[str]:
    """formatlist(): lists of one length, everything else repeated."""
    lengths = {len(arg) for arg in args if isinstance(arg, list)}
    if len(lengths) > 1:
        raise EvaluationError("formatlist: lists of different lengths")
    count = lengths.pop() if lengths else 1
    rows = [[arg[row] if isinstance(arg, list) else arg for arg in args] for row in range(count)]
    return [format_text(pattern, row) for row in rows]
