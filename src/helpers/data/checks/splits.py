"""D4: the split, where there is one."""

import numpy as np
import pandas as pd

from helpers.core.formatting import counted, listed
from helpers.data import copies
from helpers.data.checks.registry import Facts, Found, check, rows_where, unless_vague

FEW = 5  # examples of a class in the test set below which a class's score says little


@check(
    "D401",
    "Exact duplicates across splits",
    "error",
    needs=("split",),
    consequence="Exact duplicates appear in more than one split: the test is easier than new data.",
)
def exact_across(facts: Facts) -> Found | None:
    """Find test items that are also trained on: they measure memory."""
    return _across(facts, facts.survey.exact, f"the same {facts.modality.ONE} in two splits")


@check(
    "D402",
    "Near-duplicates across splits",
    "warning",
    needs=("split",),
    consequence="Near-duplicates appear in several splits: the test may be easier than new data.",
)
def near_across(facts: Facts) -> Found | None:
    """Find test items that are nearly trained on: they measure memory too."""
    words = f"nearly the same {facts.modality.ONE} in two splits"
    return unless_vague(facts, _across(facts, facts.survey.near, words))


@check(
    "D403",
    "Groups across splits",
    "error",
    needs=("split", "group"),
    consequence="Groups are divided between splits: expect lower scores on new groups.",
)
def groups_across(facts: Facts) -> Found | None:
    """One patient, module or writer in two splits: the test is easier than real use."""
    return _across(facts, facts.frame["group"], "a group in two splits")


@check(
    "D415",
    "Validation is the test",
    "note",
    needs=("split",),
    consequence="The source has no test split: the test here is its validation split, on which "
    "models trained elsewhere may have been chosen.",
)
def validation_as_test(facts: Facts) -> Found | None:
    """Find out whether what the source calls validation is tested on."""
    source = facts.items.frame
    if "split" not in source or "test" in set(source["split"]):
        return None
    moved = (source["split"] == "validation").to_numpy() & (facts.frame["split"] == "test")
    if not len(moved) or (moved != (facts.frame["split"] == "test")).any():
        return None
    return rows_where(facts, moved, "the source's validation split is the test, as it has no other")


@check("D404", "Classes missing from a split", "error", needs=("split",))
def absent(facts: Facts) -> Found | None:
    """Find classes that a split never shows: they cannot be learnt, chosen for or tested there."""
    table = pd.crosstab(facts.frame["label"], facts.frame["split"])
    counts = table.reindex(columns=["train", "validation", "test"], fill_value=0).stack()
    gaps = [f"{label} in {split}" for label, split in counts.index[counts == 0]]
    return Found(len(gaps), listed(gaps, 10)) if gaps else None


@check("D405", "Classes with few test examples", "warning", needs=("split",))
def few(facts: Facts) -> Found | None:
    """With a handful of examples, one of them moves a class's score by tenths."""
    labels = facts.frame["label"][facts.frame["split"] == "test"]
    counts = labels.value_counts().reindex(facts.frame["label"].dropna().unique(), fill_value=0)
    short = counts[counts < FEW].sort_index()
    classes = listed((f"{label} ({count})" for label, count in short.items()), 10)
    consequence = f"Few test items make a class's score uncertain: {classes}."
    detail = f"fewer than {FEW} in {classes}"
    return Found(len(short), detail, consequence=consequence) if len(short) else None


@check("D410", "A group or family too large to sample", "warning", needs=("split",))
def too_large(facts: Facts) -> Found | None:
    """Find what is tied together and larger than the test: it is all tested, or none of it."""
    if facts.units is None:
        return None
    sizes, tested = np.bincount(facts.units), (facts.frame["split"] == "test").to_numpy()
    large = np.flatnonzero((sizes > max(tested.sum(), 1)) & (sizes > 1))
    in_test = np.bincount(facts.units[tested], minlength=len(sizes))
    large = np.union1d(large, np.flatnonzero((in_test > tested.sum() / 2) & (in_test > 1)))
    if not len(large):
        return None
    rows = np.isin(facts.units, large)
    largest = facts.frame[facts.units == large[sizes[large].argmax()]]
    groups = largest.get("group", largest["id"]).value_counts()
    tied = len(groups) > 0 and 2 * groups.iloc[0] > len(largest)  # by a group, not by copies
    kind = ("group", "groups") if tied else ("family of near-copies", "families of near-copies")
    first = f"the group {groups.index[0]!r}" if tied else f"one with {largest['id'].iloc[0]}"
    holds = f"{counted(len(large), *kind)} ({first}) {'holds' if len(large) == 1 else 'hold'} "
    holds += f"{rows.mean():.0%} of the items"
    cure = "if these are no copies, set data: {near_copies: keep}"
    if tied:
        cure = "name a finer group in data.split.group, or leave the cell empty if it is none"
    consequence = f"{holds}, too much for the test to be a sample of the data: {cure}."
    return rows_where(facts, rows, f"{holds}; {cure}", consequence)


@check("D411", "Classes in a single group or family", "warning", needs=("split",))
def in_one_unit(facts: Facts) -> Found | None:
    """Find classes that cannot be both learnt and tested: all their items are tied together."""
    if facts.units is None:
        return None
    labels = facts.frame["label"]
    units = pd.Series(facts.units, labels.index).groupby(labels).nunique()
    alone = units.index[(units == 1) & (labels.value_counts().reindex(units.index) > 1)]
    classes = listed(alone, 10)
    detail = f"{classes}: all items in one group or family of copies; leave the class out, add "
    detail += "groups, or, if these are no copies, set data: {near_copies: keep}"
    consequence = f"Classes whose items are all tied together are not learnt and tested: {classes}."
    return Found(len(alone), detail, consequence=consequence) if len(alone) else None


@check("D412", "Copies inside the test", "note", needs=("split",))
def inside_test(facts: Facts) -> Found | None:
    """Count copies in the test: right or wrong together, a family is one observation."""
    frame, many = facts.frame, facts.modality.MANY
    if copies.COLUMN not in frame.columns:
        return None
    tested = frame[frame["split"] == "test"]
    families = tested[copies.COLUMN].dropna()
    spare = len(families) - families.nunique()
    if not spare:
        return None
    detail = f"{len(tested):,} test {many} are {len(tested) - spare:,} distinct ones; "
    detail += f"{frame[copies.COLUMN].notna().mean():.0%} of all {many} have a copy or near-copy"
    consequence = f"{detail}: intervals and tests count copies as one observation."
    ids = tested["id"][families.index[families.duplicated(keep=False)]].tolist()
    return Found(spare, detail, ids, consequence)


def _across(facts: Facts, family: np.ndarray | pd.Series, words: str) -> Found | None:
    family = pd.Series(np.asarray(family), index=facts.frame.index)
    splits = facts.frame["split"].groupby(family).transform("nunique")
    many = int(family[splits > 1].nunique())
    return rows_where(facts, splits > 1, f"{words}, {'once' if many == 1 else f'{many:,} times'}")
