"""Train, validation and test: stratified, grouped or given; seeded; duplicates stay together."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.errors import UserError, unknown
from helpers.core.formatting import counted
from helpers.data import assignment
from helpers.data.near_duplicates import merge_groups

Ties = Mapping[str, np.ndarray]  # what ties items, as families of each row: int [N]

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitRules:
    """How items are divided; ``test`` and ``validation`` are fractions of all, the rest trains."""

    test: float = 0.25
    validation: float = 0.15
    stratify: bool = True  # keep each class's share, not only the sizes of the splits
    # a column whose values stay in one split, by default group; or a pattern of ids: (p[0-9]+)_
    group: str | None = None
    near_copies: Literal["tie", "keep"] = "tie"  # keep: near-copies are items of their own
    seed: int = 42  # chooses among the splits that satisfy all this
    # take the column split as it is; by default, if it has all that is required. Validation comes
    # from train (the same fraction, of train) when the source has none
    given: bool | None = None
    required: tuple[str, ...] = ("train", "test")  # what is only transcribed needs no training
    folds: int | None = None  # of a cross-validation; by default 10 of few items, 1 for none
    repeats: int = 10
    single: str = ""  # why the items are split once, however few they are


def make(
    frame: pd.DataFrame,
    rules: SplitRules,
    near: np.ndarray | None = None,
    exact: np.ndarray | None = None,
) -> pd.Series:
    """Put every item in one split: ``train``, ``validation`` or ``test``, by the rows of the frame.

    Whole units are placed: a unit is an item, or all items that share a group or a family of
    copies, int [N]. Without units of several items, each class has its share of every split to
    within one item; with them, every split is a sample of all classes and sizes. The order of the
    rows does not matter: ids and seed decide. ``frame`` has the columns id (unique), label, and
    group and split where they are asked for. Raises UserError: fractions that leave nothing, an
    unknown column, too few units, a split without items.
    """
    tied = ties(frame, rules, near, exact)
    if is_given(frame, rules):
        return _given(published(frame, rules.required), tied, rules)
    if rules.test == 1 and "train" not in rules.required:
        return pd.Series("test", frame.index, name="split", dtype=object)
    train = 1 - rules.test - rules.validation
    fractions = {"train": train, "validation": rules.validation, "test": rules.test}
    return _assign(frame, tied, fractions, rules)


def is_given(frame: pd.DataFrame, rules: SplitRules) -> bool:
    """Tell whether the source's own split is kept."""
    whole = set(published(frame, rules.required).get("split", ()))
    return bool(set(rules.required) <= whole if rules.given is None else rules.given)


def ties(
    frame: pd.DataFrame,
    rules: SplitRules,
    near: np.ndarray | None = None,
    exact: np.ndarray | None = None,
) -> Ties:
    """Gather what ties items: groups, exact copies and, unless they are kept, near-copies."""
    found = {"group": groups(frame, rules.group), "exact": exact, "near": near}
    if rules.near_copies == "keep":
        del found["near"]
    own = pd.Series([f"\0{item}" for item in frame["id"]], frame.index)
    named = {name: pd.Series(each, frame.index) for name, each in found.items() if each is not None}
    return {
        name: pd.factorize(each.astype(object).where(each.notna(), own))[0]
        for name, each in named.items()
    }


def units(tied: Ties, count: int) -> np.ndarray:
    """Give what must stay together one number; an item without a group is tied to none."""
    return merge_groups(np.arange(count), *tied.values())


def groups(frame: pd.DataFrame, group: str | None) -> pd.Series | None:
    """Return each item's group: of a column, or what a pattern finds in its id or its path."""
    if group is None or group in frame.columns:
        return frame.get("group" if group is None else group)
    try:
        pattern = re.compile(group)
    except re.error as error:
        raise UserError(f"data.split.group: {group!r}: no pattern: {error}") from None
    if pattern.groups != 1:
        raise unknown("group column", group, frame.columns, "data.split.group")
    names = zip(frame["id"].astype(str), frame.get("path", frame["id"]).astype(str), strict=True)
    found = [pattern.search(id_) or pattern.search(path) for id_, path in names]
    if None in found:
        item = frame["id"].iloc[found.index(None)]
        alone = "|$ at its end leaves such items alone"
        raise UserError(f"data.split.group: the pattern {group!r} does not fit {item!r}; {alone}")
    named = [match[1] or None for match in found if match]
    if not any(named):
        raise UserError(f"data.split.group: the pattern {group!r} finds no group in any id")
    return pd.Series(named, frame.index)


def published(frame: pd.DataFrame, required: Iterable[str] = ("train", "test")) -> pd.DataFrame:
    """Keep what the source has of a split if it lacks a part: its validation takes that place.

    Results on a set with train and validation alone are published on its validation; where a set
    has no train split, its test must still not be trained on.
    """
    others = {"test": "train", "train": "test"}
    for missing in required:
        if set(frame.get("split", ())) == {others.get(missing), "validation"}:
            return frame.assign(split=frame["split"].replace("validation", missing))
    return frame


def _given(frame: pd.DataFrame, tied: Ties, rules: SplitRules) -> pd.Series:
    """Keep the source's splits, and take validation from train if it has none."""
    if "split" not in frame.columns:
        raise UserError("data.split.given: the source has no split of its own")
    splits = frame["split"].astype(object).copy()
    for name in rules.required:
        if name not in set(splits):
            raise UserError(f"data.split.given: the source's split has no {name} items")
    if "validation" not in set(splits) and "train" in set(splits):
        train = (splits == "train").to_numpy()
        fractions = {"train": 1 - rules.validation, "validation": rules.validation}
        tied = {name: each[train] for name, each in tied.items()}
        splits[train] = _assign(frame[train], tied, fractions, rules)
    return splits.rename("split")


def _assign(
    frame: pd.DataFrame, tied: Ties, fractions: Mapping[str, float], rules: SplitRules
) -> pd.Series:
    splits = [name for name in SPLITS if name in fractions]
    shares = np.array([fractions[name] for name in splits])
    if (shares <= 0).any():
        raise UserError(f"data.split: nothing is left for {splits[int(shares.argmin())]}")
    placed = place(frame, tied, shares, rules)
    return pd.Series(np.array(splits, dtype=object)[placed], frame.index, name="split")


def place(
    frame: pd.DataFrame, tied: Ties, shares: np.ndarray, rules: SplitRules, *draw: int
) -> np.ndarray:
    """Divide items into parts of these shares by the seed and a ``draw``: that of each, int [N]."""
    labels = frame["label"].to_numpy() if rules.stratify else np.zeros(len(frame), int)
    classes, codes = np.unique(labels.astype(str), return_inverse=True)
    # units by their smallest id, so that the order of the rows does not matter
    ids = pd.Series(frame["id"].to_numpy(dtype=str))
    smallest = ids.groupby(units(tied, len(frame))).transform("min").to_numpy(dtype=str)
    names, unit_of = np.unique(smallest, return_inverse=True)
    if len(names) < len(shares):
        raise UserError(_too_few(frame["id"], tied, len(names), len(shares)))
    counts = np.zeros((len(names), len(classes)))
    np.add.at(counts, (unit_of, codes), 1)
    seed = (rules.seed, *draw) if draw else rules.seed
    return assignment.assign(counts, shares, seed)[unit_of]


CURES = {  # what may tie too many items, and what to do
    "group": "items are tied by their group; name another column in data.split.group",
    "exact": "items have an exact copy; if they should differ, look at the files and at what is "
    "read of them (such as white shapes on transparent ground)",
    "near": "items have a near-copy; if they show different things, as pictures of a fixed camera "
    "may, set data: {near_copies: keep}",
}


def _too_few(ids: pd.Series, tied: Ties, found: int, wanted: int) -> str:
    """Say that there are too few units, what ties the items, and the cure."""
    what = f"data.split: {counted(found, 'separate unit')} for {wanted} splits: too few"
    what += " (a unit is an item, a group, a family of duplicates)"
    left = {name: len(np.unique(each)) for name, each in tied.items()}
    few = [name for name, count in left.items() if count < wanted]
    few = few or [name for name, count in left.items() if count < len(ids)]
    for name in few[:1] if few[:1] == ["exact"] else few:
        sizes = pd.Series(tied[name]).map(pd.Series(tied[name]).value_counts()).to_numpy()
        first = ids[tied[name] == tied[name][sizes.argmax()]].iloc[:2]
        pair = f"such as {first.iloc[0]} and {first.iloc[-1]}"
        what += f"; {(sizes > 1).sum():,} of {len(ids):,} {CURES[name]}; {pair}"
    return what
