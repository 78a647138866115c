"""Train, validation and test: stratified, grouped or given; seeded; duplicates stay together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.errors import UserError, unknown
from helpers.data.near_duplicates import merge_groups

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitRules:
    """How items are divided; ``test`` and ``validation`` are fractions of all, the rest trains."""

    test: float = 0.25
    validation: float = 0.15
    stratify: bool = True  # keep each class's share, not only the sizes of the splits
    group: str | None = None  # a column whose values stay in one split; by default, group
    seed: int = 42  # chooses among the splits that satisfy all this
    # take the column split as it is; by default, if it has all that is required. Validation comes
    # from train (the same fraction, of train) when the source has none
    given: bool | None = None
    required: tuple[str, ...] = ("train", "test")  # what is only transcribed needs no training


def make(frame: pd.DataFrame, rules: SplitRules, duplicates: np.ndarray | None = None) -> pd.Series:
    """Put every item in one split: ``train``, ``validation`` or ``test``, by the rows of the frame.

    Whole units are placed: a unit is an item, or all items that share a group or a family of
    duplicates, int [N]. Without units of several items, each class has its share of every split to
    within one item. The order of the rows does not matter: ids and seed decide. ``frame`` has the
    columns id (unique), label, and group and split where they are asked for. Raises UserError:
    fractions that leave nothing, an unknown column, too few units, a split without items.
    """
    units = _units(frame, rules.group, duplicates)
    frame = frame if rules.given is False else published(frame)
    if rules.given or (rules.given is None and set(rules.required) <= set(frame.get("split", ()))):
        return _given(frame, units, rules)
    if rules.test == 1 and "train" not in rules.required:
        return pd.Series("test", frame.index, name="split", dtype=object)
    train = 1 - rules.test - rules.validation
    fractions = {"train": train, "validation": rules.validation, "test": rules.test}
    return _assign(frame, units, fractions, rules)


def _units(frame: pd.DataFrame, group: str | None, duplicates: np.ndarray | None) -> np.ndarray:
    """Give what must stay together one number; an item without a group is tied to none."""
    if group is not None and group not in frame.columns:
        raise unknown("group column", group, frame.columns, "data.split.group")
    group = group or ("group" if "group" in frame.columns else None)
    ties = [np.arange(len(frame))]
    if group is not None:
        own = pd.Series([f"\0{item}" for item in frame["id"]], index=frame.index)
        ties.append(pd.factorize(frame[group].astype(object).where(frame[group].notna(), own))[0])
    if duplicates is not None:
        ties.append(np.asarray(duplicates))
    return merge_groups(*ties)


def published(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the source's validation split for its test if it has train and validation alone.

    It is what results on such a set are published on, and no choice is made on it here.
    """
    if set(frame.get("split", ())) != {"train", "validation"}:
        return frame
    return frame.assign(split=frame["split"].replace("validation", "test"))


def _given(frame: pd.DataFrame, units: np.ndarray, rules: SplitRules) -> pd.Series:
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
        splits[train] = _assign(frame[train], units[train], fractions, rules)
    return splits.rename("split")


def _assign(
    frame: pd.DataFrame, units: np.ndarray, fractions: Mapping[str, float], rules: SplitRules
) -> pd.Series:
    """Place units, the largest first, each where its classes are needed most."""
    splits = [name for name in SPLITS if name in fractions]
    shares = np.array([fractions[name] for name in splits])
    if (shares <= 0).any():
        raise UserError(f"data.split: nothing is left for {splits[int(shares.argmin())]}")
    labels = frame["label"].to_numpy() if rules.stratify else np.zeros(len(frame), int)
    classes, codes = np.unique(labels.astype(str), return_inverse=True)
    # units by their smallest id, shuffled, then large before small
    ids = pd.Series(frame["id"].to_numpy(dtype=str))
    smallest = ids.groupby(units).transform("min").to_numpy(dtype=str)
    _, unit_of, sizes = np.unique(smallest, return_inverse=True, return_counts=True)
    order = np.random.default_rng(rules.seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    if len(order) < len(splits):
        what = f"{len(order)} separate units for {len(splits)} splits: too few"
        raise UserError(f"data.split: {what} (a unit is an item, a group, a family of duplicates)")
    counts = np.zeros((len(order), len(classes)))
    np.add.at(counts, (unit_of, codes), 1)
    totals = counts.sum(axis=0)
    open_places = _quotas(totals, shares)
    placed = np.empty(len(order), int)
    filled = np.zeros(len(splits), bool)
    for done, unit in enumerate(order):
        # how much each split needs the unit: its items' classes by the share of them still open
        need = open_places @ (counts[unit] / totals)
        if len(order) - done <= (~filled).sum():  # the last units go to the splits still empty
            need[filled] = -np.inf
        split = int(need.argmax())
        placed[unit], filled[split] = split, True
        open_places[split] -= counts[unit]
    return pd.Series(np.array(splits, dtype=object)[placed[unit_of]], frame.index, name="split")


def _quotas(totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Divide K classes in whole items, each within one of its exact share: float [splits, K]."""
    quotas = np.zeros((len(shares), len(totals)))
    owed = np.zeros(len(shares))
    for column, total in enumerate(totals):
        # 1. every split gets the whole part of its exact share
        exact = total * shares
        whole = np.floor(exact + 1e-9)
        fraction = exact - whole
        # 2. what is cut off is owed to it, on top of what earlier classes owe
        owed += fraction
        # 3. the items left over go to the splits that are owed most, at most one to each
        spare = round(total - whole.sum())
        claims = np.where(fraction > 1e-9, owed, -np.inf)
        extra = np.argsort(-claims, kind="stable")[:spare]
        whole[extra] += 1
        owed[extra] -= 1
        quotas[:, column] = whole
    return quotas
