"""Folds: where items are few, each is tested once in every repeat of a cross-validation."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.records.data import DataRecord
from helpers.data import copies, splits
from helpers.data.dataset import Dataset
from helpers.data.splits import SplitRules, Ties

FEW = 400  # items below which a single test split says little
FOLDS, SLOW = 10, 5  # by default, and of what takes long to train, which has one repeat
TRAINED = ("finetune", "scratch")  # adaptations that take so few
Part = tuple[int, int, Dataset]  # a repeat, a fold, and the data set that it is the test split of
NEEDED, LEAST = 5, 3  # separate units that two classes need, by default and if folds are asked for


def none() -> pd.DataFrame:
    """Return folds.parquet where items are split once."""
    return pd.DataFrame(columns=["id", "repeat", "fold"])


def make(frame: pd.DataFrame, tied: Ties, rules: SplitRules) -> tuple[pd.DataFrame, str]:
    """Divide items into folds of whole units: id, repeat and fold, and a note in words.

    No row where they are split once, and the note says why, if they are fewer than ``FEW``. A
    UserError says why folds that are asked for cannot be made.
    """
    asked, units = (rules.folds or 1) > 1, splits.units(tied, len(frame))
    few = len(frame) < FEW and rules.folds != 1
    why = _obstacle(frame, units, rules, LEAST if asked else NEEDED)
    if asked and why:
        raise UserError(f"data.split.folds: {why}")
    if why or not (asked or few):
        told = why and few and "train" in rules.required
        return none(), f"{counted(len(frame), 'item')}, split once: {why}." if told else ""
    wanted, found = rules.folds or FOLDS, len(np.unique(units))
    count, repeats = min(wanted, found), rules.repeats if found > wanted else 1
    note = f"Cross-validation, {counted(repeats, 'repeat')} of {count} folds: every item is tested "
    note += "by models that were trained on the other folds."
    if found <= wanted:
        note += f" Each of only {found} separate units is a fold, so more repeats would be equal."
    made, shares = frame[["id"]], np.full(count, 1 / count)
    parts = [splits.place(frame, tied, shares, rules, repeat) for repeat in range(repeats)]
    every = [made.assign(repeat=repeat, fold=part) for repeat, part in enumerate(parts)]
    return pd.concat(every, ignore_index=True), note


def _obstacle(frame: pd.DataFrame, units: np.ndarray, rules: SplitRules, least: int) -> str:
    if "train" not in rules.required:
        return rules.single or "nothing is trained, so one split tests every item"
    if splits.is_given(frame, rules):
        return "the source has a split of its own, which is kept; given: false draws a new one"
    found = pd.Series(units, frame.index).groupby(frame["label"]).nunique()
    few = f"fewer than two classes have {least} items, groups or families of copies"
    return rules.single or few * bool((found >= least).sum() < 2)


def made(study: str) -> pd.DataFrame | None:
    """Read folds.parquet; None where the items are split once."""
    file = paths.build(study) / "folds.parquet"
    table = pd.read_parquet(file) if file.is_file() else none()
    return table if len(table) else None


def parts(dataset: Dataset, slow: bool = False) -> Iterator[Part]:
    """Go through repeats and folds, or with ``slow`` through few of the first; maybe none.

    Validation is as large a share of the other folds as of all items in a single split.
    """
    table, record = made(dataset.study), DataRecord.find(dataset.study)
    if table is None or record is None:
        return
    drawn: dict[str, Any] = {"validation": 0.15, "seed": 42} | (record.split or {})
    frame, rules = dataset.frame, SplitRules(validation=drawn["validation"], seed=drawn["seed"])
    places = table.pivot(index="id", columns="repeat", values="fold").loc[frame["id"]].to_numpy().T
    groups, shares = copies.groups(frame), np.array([1 - rules.validation, rules.validation])
    for repeat, folds in enumerate(places[:1] % SLOW if slow else places):
        for fold in np.unique(folds):
            rest, split = folds != fold, np.full(len(frame), "test", dtype=object)
            tied = {} if groups is None else {"group": pd.factorize(groups[rest])[0]}
            inner = splits.place(frame[rest], tied, shares, rules, repeat, fold)
            split[rest] = np.array(splits.SPLITS, dtype=object)[inner]
            yield repeat, int(fold), replace(dataset, frame=frame.assign(split=split))
