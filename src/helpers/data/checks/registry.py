"""What a check is: a code, a title, a severity, and a function from facts to what it found."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from helpers.core.formatting import listed
from helpers.core.records.data import CheckResult
from helpers.data.items import Found, Items, Severity
from helpers.data.surveys.base import Survey
from helpers.data.tasks import Modality

SurveyKind = TypeVar("SurveyKind", bound=Survey)


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; ``count`` is 0 when it passed or does not apply."""

    code: str
    title: str
    severity: Severity
    count: int
    detail: str
    consequence: str = ""
    ids: tuple[str, ...] = field(default=(), repr=False)

    def summary(self) -> CheckResult:
        """Return what data.json keeps."""
        return CheckResult(**{name: getattr(self, name) for name in CheckResult.model_fields})


@dataclass(frozen=True)
class Facts:
    """What a check may look at; ``split`` is the frame with its splits once there are any.

    ``units`` are the families and groups that the split kept together: int [N].
    """

    items: Items
    survey: Survey
    split: pd.DataFrame | None = None
    units: np.ndarray | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """The items, with their splits once there are any."""
        return self.items.frame if self.split is None else self.split

    @property
    def labelled(self) -> pd.DataFrame:
        """What has a label, with the id of its item: the items, or the boxes in them."""
        return self.frame if self.items.boxes is None else self.items.boxes

    @property
    def modality(self) -> Modality:
        """What the items are: its ONE and MANY name them."""
        return self.items.modality

    @property
    def usable(self) -> np.ndarray:
        """Which items can be read: bool [N]."""
        return self.survey.reason == ""

    def surveyed(self, kind: type[SurveyKind]) -> SurveyKind:
        """Return the survey as that of one kind of items."""
        if not isinstance(self.survey, kind):
            raise TypeError(f"{kind.__name__} needed, not {type(self.survey).__name__}")
        return self.survey


CheckFunction = Callable[[Facts], Found | None]


@dataclass(frozen=True)
class Check:
    """A registered check.

    ``needs`` names the columns of the frame that it cannot do without; ``consequence`` is what a
    find means for the scores, in a sentence of the answer; errors without one speak for themselves.
    """

    code: str
    title: str
    severity: Severity
    needs: tuple[str, ...]
    function: CheckFunction
    consequence: str = ""

    def run(self, facts: Facts) -> Finding:
        """Apply the check where it applies."""
        if missing := [name for name in self.needs if name not in facts.frame.columns]:
            detail = f"the data has no {' and no '.join(missing)}"
            return Finding(self.code, self.title, "not applicable", 0, detail)
        found = self.function(facts)
        if found is None:
            return Finding(self.code, self.title, "passed", 0, "")
        severity, consequence = (
            found.severity or self.severity,
            found.consequence or self.consequence,
        )
        if severity == "not checked" and consequence:
            consequence = f"Not checked: {self.title.lower()}, as {found.detail}."
        outcome = found.count, found.detail, consequence, tuple(found.ids)
        return Finding(self.code, self.title, severity, *outcome)


CHECKS: dict[str, Check] = {}
LOST = 0.1  # share of a class that may be lost without being named


def check(
    code: str,
    title: str,
    severity: Severity,
    needs: tuple[str, ...] = (),
    consequence: str = "",
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under its code."""

    def register(function: CheckFunction) -> CheckFunction:
        CHECKS[code] = Check(code, title, severity, needs, function, consequence)
        return function

    return register


def noticed(code: str, module: str) -> CheckFunction:
    """Make a check of a module that reports what the source noticed while reading."""

    def function(facts: Facts) -> Found | None:
        return facts.items.noticed.get(code)

    function.__module__ = module  # which tells whose check it is
    return function


def rows_where(
    facts: Facts, mask: np.ndarray | pd.Series, detail: str, consequence: str = ""
) -> Found | None:
    """Report the rows of a mask, or nothing when there are none."""
    ids = facts.frame["id"].to_numpy()[np.asarray(mask)].tolist()
    return Found(len(ids), detail, ids, consequence) if ids else None


def unless_vague(facts: Facts, found: Found | None) -> Found | None:
    """Say of near-duplicates where they could not be looked for; not checked if in most items."""
    vague, usable = int((facts.survey.vague & facts.usable).sum()), int(facts.usable.sum())
    few = f"{vague:,} of {usable:,} {facts.modality.MANY} {facts.survey.VAGUE}"
    only = f"{few}: there, only equal ones were looked for"
    if found and vague:
        return replace(found, detail=f"{found.detail}; {only}")
    return Found(vague, only, severity="not checked") if 2 * vague > usable else found


def unreadable_rows(facts: Facts, *others: str) -> Found | None:
    """Report items that cannot be read, but for reasons that have a check of their own."""
    reason = facts.survey.reason
    mask = (reason != "") & ~np.isin(reason, others)
    label = facts.frame["label"]
    lost = losses(label[mask].value_counts(), label[~mask].value_counts())
    return rows_where(facts, mask, tally(reason[mask]) + (f"; left out: {lost}" if lost else ""))


def losses(lost: pd.Series, kept: pd.Series) -> str:
    """List the classes that lose more than a tenth of their items: ``31 of 35 of b``."""
    total = lost.add(kept, fill_value=0)
    share = (lost / total).dropna().sort_values(ascending=False)
    worst = share[share > LOST].head(5).index
    return ", ".join(f"{lost[name]:,} of {total[name]:,.0f} of {name}" for name in worst)


def rows_unlike_most(facts: Facts, values: np.ndarray) -> Found | None:
    """Report the rows that do not have the most frequent value; empty ones do not count."""
    known = values[values != ""]
    if not len(known):
        return None
    names, counts = np.unique(known, return_counts=True)
    return rows_where(facts, (values != "") & (values != names[counts.argmax()]), tally(known))


def tally(values: np.ndarray | pd.Series) -> str:
    """List values with their counts, the most frequent first: ``a (5), b (2)``."""
    counts = pd.Series(values).value_counts()
    return listed((f"{name} ({count})" for name, count in counts.items()), most=6)
