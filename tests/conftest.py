"""Processes that tests start find byte code as a user's do: otherwise each of them compiles the whole package anew."""

from __future__ import annotations

import os

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
