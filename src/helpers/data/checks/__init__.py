"""Checks of a data set: each has a code, a title, a severity, and says how many and which."""

import pandas as pd

from helpers.data import tasks
from helpers.data.checks import (  # noqa: F401 (they register themselves)
    audio,
    duplicates,
    image,
    labels,
    splits,
    text,
    transcripts,
)
from helpers.data.checks.registry import CHECKS, Facts, Finding
from helpers.data.sources import Items
from helpers.data.surveys.base import Survey, survey

__all__ = ["CHECKS", "Finding", "Survey", "run", "survey", "table"]


def run(
    items: Items,
    split_frame: pd.DataFrame | None = None,
    facts: Survey | None = None,
    only: str = "D",
) -> list[Finding]:
    """Run the checks whose code starts with ``only``, in the order of their codes.

    Parameters
    ----------
    items : Items
        The items and labels.
    split_frame : pandas.DataFrame, optional
        The same rows with a split column; without it the checks of sides do not apply.
    facts : Survey, optional
        Of the same rows, when they were surveyed before.

    Returns
    -------
    list of Finding
        One for each check, those that passed and those that do not apply included.
    """
    found = Facts(items, survey(items) if facts is None else facts, split_frame)
    return [CHECKS[code].run(found) for code in codes(items.task) if code.startswith(only)]


def codes(task: str) -> list[str]:
    """List the checks that a task's items get: those of every modality, and those of their own."""
    row = tasks.get(task)
    own, skipped = (None, row.surveyed_as, row.modality), row.skipped_checks
    return sorted(
        code for code, each in CHECKS.items() if each.modality in own and code not in skipped
    )


def table(findings: list[Finding]) -> pd.DataFrame:
    """Lay findings out as a table: code, check, outcome, count, detail."""
    rows = [(each.code, each.title, each.severity, each.count, each.detail) for each in findings]
    return pd.DataFrame(rows, columns=["code", "check", "outcome", "count", "detail"])
