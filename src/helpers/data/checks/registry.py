"""What a check is: a code, a title, a severity, and a function from facts to what it found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.records.data import CheckResult
from helpers.data.items import Items
from helpers.data.surveys.base import Survey

Severity = Literal["error", "warning", "note", "passed", "not applicable"]
Found = tuple[int, str, list[str]]
"""How many, in words, and the ids concerned."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; ``count`` is 0 when it passed or does not apply."""

    code: str
    title: str
    severity: Severity
    count: int
    detail: str
    ids: tuple[str, ...] = field(default=(), repr=False)

    def summary(self) -> CheckResult:
        """Return what data.json keeps."""
        return CheckResult(**{name: getattr(self, name) for name in CheckResult.model_fields})


@dataclass(frozen=True)
class Facts:
    """What a check may look at; ``split`` is the frame with its sides once there are any."""

    items: Items
    survey: Survey
    split: pd.DataFrame | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """The items, with their sides when they are split."""
        return self.items.frame if self.split is None else self.split

    @property
    def one(self) -> str:
        """Say what an item is: a picture, a text."""
        return self.items.modality.ONE

    @property
    def many(self) -> str:
        """Say what the items are: pictures, texts."""
        return self.items.modality.MANY


@dataclass(frozen=True)
class Check:
    """A registered check.

    ``needs`` names the columns of the frame that it cannot do without.
    """

    code: str
    title: str
    severity: Severity
    needs: tuple[str, ...]
    function: Callable[[Facts], Found | None]

    def run(self, facts: Facts) -> Finding:
        """Apply the check where it applies."""
        missing = [name for name in self.needs if name not in facts.frame.columns]
        if missing:
            detail = f"the data has no {' and no '.join(missing)}"
            return Finding(self.code, self.title, "not applicable", 0, detail)
        found = self.function(facts)
        if found is None:
            return Finding(self.code, self.title, "passed", 0, "")
        count, detail, ids = found
        return Finding(self.code, self.title, self.severity, count, detail, tuple(ids))


CHECKS: dict[str, Check] = {}


def check(code: str, title: str, severity: Severity, needs: tuple[str, ...] = ()) -> Callable:
    """Register a check under its code."""

    def register(function: Callable[[Facts], Found | None]) -> Callable:
        CHECKS[code] = Check(code, title, severity, needs, function)
        return function

    return register


def rows_where(facts: Facts, mask: np.ndarray, detail: str) -> Found | None:
    """Report the rows of a mask, or nothing when there are none."""
    ids = facts.frame["id"].to_numpy()[np.asarray(mask)].tolist()
    return (len(ids), detail, ids) if ids else None


def tally(values: np.ndarray) -> str:
    """List values with their counts, the most frequent first: ``a (5), b (2)``."""
    counts = pd.Series(values).value_counts()
    listed = ", ".join(f"{name} ({count})" for name, count in counts.head(5).items())
    return listed + (f", {len(counts) - 5} more" if len(counts) > 5 else "")
