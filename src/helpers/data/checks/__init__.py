"""Checks of a data set: each has a code, a title, a severity, and says how many and which."""

from importlib import import_module

import numpy as np
import pandas as pd

from helpers.data import tasks
from helpers.data.checks import columns, containers, duplicates, file_names, labels, names, splits
from helpers.data.checks.registry import CHECKS, Facts, Finding
from helpers.data.items import Items
from helpers.data.surveys.base import Survey, survey

__all__ = ["Finding", "Survey", "run", "survey", "table"]

# checks of every task; Task.checks names those of one
GENERAL = (labels, columns, containers, names, duplicates, file_names, splits)


def run(
    items: Items,
    split_frame: pd.DataFrame | None = None,
    facts: Survey | None = None,
    only: str | tuple[str, ...] = "D",
    units: np.ndarray | None = None,
) -> list[Finding]:
    """Run the checks whose code starts with ``only``, in the order of their codes.

    Checks of splits need ``split_frame``, the same rows with a split column, some ``units``, what
    the split held together; ``facts`` is a survey of these rows, made here if there is none. Checks
    that pass or do not apply have a finding too.
    """
    known = Facts(items, survey(items) if facts is None else facts, split_frame, units)
    return [CHECKS[code].run(known) for code in codes(items.task) if code.startswith(only)]


def codes(task: str) -> list[str]:
    """List the checks of a task: those of every task, and those of its own items."""
    row = tasks.get(task)
    modules = (*GENERAL, *(import_module(f"{__name__}.{name}") for name in row.checks))
    own = {module.__name__ for module in modules}
    of_task = {code for code, check in CHECKS.items() if check.function.__module__ in own}
    return sorted(of_task.difference(row.skipped_checks))


def table(findings: list[Finding]) -> pd.DataFrame:
    """Lay findings out as a table: code, check, outcome, count, detail."""
    rows = [(each.code, each.title, each.severity, each.count, each.detail) for each in findings]
    return pd.DataFrame(rows, columns=["code", "check", "outcome", "count", "detail"])
