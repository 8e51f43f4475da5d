"""Template actions inside another format (Helm's and Ansible's `{{ }}`, Jinja's `{% %}` and `{# #}`) blanked in place.

The text keeps its length and its lines, so every offset stays true. An action that is a value or a part of one becomes
FILL characters: the scalar that holds them is not known, and its text is that of the original. An action that only steers
(if, range, end, ...) or stands alone on its lines becomes spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from blastlint.regex import regex

FILL = "\ue000"
REASON = "not every template expression is evaluated"

# No action holds another opening of its kind, so that an opening without an end costs no more than the way to the next.
_ACTION = regex(
    r"\{\{(?:[^{}]|\}(?!\})|\{(?!\{))*+\}\}"
    r"|\{%(?:[^%{]|%(?!\})|\{(?!%))*+%\}"
    r"|\{#(?:[^#{]|#(?!\})|\{(?!#))*+#\}"
)
_STEERING = regex(
    r"\{\{-?\s*(?:if|else|end|range|with|define|block|break|continue|/\*)|\{\{-?\s*\$\w*\s*:?=|\{%|\{#", re.ASCII
)
_ALONE = regex(rf"^[ \t]*[{FILL}][ \t{FILL}]*$", re.MULTILINE)


def looks_templated(text: str) -> bool:
    return "{{" in text or "{%" in text


class Blanked:
    """A text with its template actions blanked; `text` has the length and the lines of `original`."""

    def __init__(self, original: str) -> None:
        self.original = original
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.text = _ALONE.sub(_spaces, _ACTION.sub(self._blank, original))

    def _blank(self, match: re.Match[str]) -> str:
        action = match[0]
        steering = _STEERING.match(action)
        if not steering:
            self._starts.append(match.start())
            self._ends.append(match.end())
        return re.sub(r"[^\n\r]", " " if steering else FILL, action)

    def source(self, start: int, end: int) -> str:
        """The original of a stretch that holds an action, or "" when it holds none."""
        if start < end:
            found = self.original[start:end]
            return found if found != self.text[start:end] else ""
        at = bisect_left(self._starts, start)  # an empty value: the action that fills it may follow on its own line
        if at < len(self._starts) and not self.original[start : self._starts[at]].strip():
            return self.original[self._starts[at] : self._ends[at]]
        return ""


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])
