"""Checks of a data set: each has a code, a title, a severity, and says how many and which."""

import pandas as pd

from helpers.checks import copies, labels, pictures, sides  # noqa: F401 (they register themselves)
from helpers.checks.registry import CHECKS, Facts, Finding
from helpers.checks.survey import Survey, survey
from helpers.sources import Items

__all__ = ["CHECKS", "Finding", "Survey", "run", "survey", "table"]


def run(
    items: Items, split_frame: pd.DataFrame | None = None, facts: Survey | None = None
) -> list[Finding]:
    """Run every check, in the order of their codes.

    Parameters
    ----------
    items : Items
        The pictures and labels.
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
    return [CHECKS[code].run(found) for code in sorted(CHECKS)]


def table(findings: list[Finding]) -> pd.DataFrame:
    """Lay findings out as a table: code, check, outcome, count, detail."""
    rows = [(each.code, each.title, each.severity, each.count, each.detail) for each in findings]
    return pd.DataFrame(rows, columns=["code", "check", "outcome", "count", "detail"])
