"""D3: the same item more than once."""

import numpy as np

from helpers.core import dotted_names
from helpers.core.formatting import counted
from helpers.data import tasks
from helpers.data.checks.registry import Facts, Found, check, rows_where, unless_vague


@check("D301", "Exact duplicates", "warning")
def exact_duplicates(facts: Facts) -> Found | None:
    """Items equal to another; a split keeps them together."""
    if not (facts.survey.digest != "").any():  # labels alone
        why = "the items are not there: each copy counts as an item of its own"
        return Found(len(facts.frame), why, consequence=why, severity="not checked")
    if found := facts.items.noticed.get("D301"):  # before a limit
        return found
    equal = f"{facts.modality.MANY} with {facts.modality.SAME}"
    return _in_families(facts, facts.survey.exact, equal)


@check("D302", "Near-duplicates", "note")
def near_duplicates(facts: Facts) -> Found | None:
    """Items that differ by little from another; a split keeps them together."""
    near, exact = facts.survey.near, facts.survey.exact
    lone = np.bincount(near)[near] == np.bincount(exact)[exact]
    found = _in_families(facts, np.where(lone, -1, near), f"nearly equal {facts.modality.MANY}")
    return unless_vague(facts, found)


@check("D303", "Duplicates with conflicting labels", "error")
def conflicting_labels(facts: Facts) -> Found | None:
    """Equal items, different labels or transcripts: at least one is wrong."""
    task = tasks.get(facts.items.task)
    answers = dotted_names.load(task.answers)(facts.items)
    many = answers.groupby(facts.survey.exact).transform("nunique").to_numpy() > 1
    detail = f"the same {facts.modality.ONE} carries different {task.target}s"
    return rows_where(facts, many, detail)


def _in_families(facts: Facts, family: np.ndarray, words: str) -> Found | None:
    sizes = np.bincount(family + 1)
    sizes[0] = 0
    found = counted(int((sizes > 1).sum()), "family", "families")
    return rows_where(facts, sizes[family + 1] > 1, f"{found} of {words}")
