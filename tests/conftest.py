"""What holds for every test.

Processes that tests start find byte code as a user's do: otherwise each of them compiles the whole package anew. Properties
are judged by what they find and not by how long a busy machine takes.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
