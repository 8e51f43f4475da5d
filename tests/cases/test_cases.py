"""Every labelled change gives exactly what its label says; known failures stay in the set, and must still fail."""

from __future__ import annotations

import pytest

from tests.cases.runner import Case, cases, differences

CASES = [pytest.param(case, id=f"{case.group}: {case.name}") for case in cases()]


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case) -> None:
    wrong = differences(case)
    if case.fails:
        assert wrong, f"{case.name} is met now: drop its `fails`"
    else:
        assert not wrong, "\n".join(wrong)
