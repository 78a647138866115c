"""Which of a test's parameters are tried quickly, and which in ``make test-all`` alone."""

from collections.abc import Iterable
from typing import Any

import pytest


def first(values: Iterable[Any], quick: int = 1) -> list[Any]:
    """Mark all but the first few values, or tuples of values, as slow."""
    marks = [pytest.mark.slow]
    every = [value if isinstance(value, tuple) else (value,) for value in values]
    slow = (pytest.param(*value, marks=marks) for value in every[quick:])
    return [*(pytest.param(*value) for value in every[:quick]), *slow]
