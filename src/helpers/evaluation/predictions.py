"""Read a candidate's predictions of the test items, with their groups and slices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.errors import UserError
from helpers.core.formatting import listed
from helpers.core.records.data import DataRecord
from helpers.core.records.training import Training
from helpers.data.copies import groups
from helpers.data.prediction_ids import check_ids
from helpers.data.prediction_scores import probabilities
from helpers.metrics.cross_validation import Folded
from helpers.metrics.unit_contributions import Answers


@dataclass(frozen=True)
class Predictions:
    """A candidate's test items, in the order of the study's splits.

    ``labels`` and ``predictions`` are class codes [N], ``scores`` probabilities [N, K] if there are
    any; ``items`` has the rows of splits.parquet, with their number there as index; ``reasons`` the
    words behind each prediction, by id, if known. Of a cross-validation, which tests all items,
    this is the first of its ``repeats``, each with the ``fold`` of every item.
    """

    candidate: str
    classes: list[str]
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    scores: NDArray[np.float64] | None
    groups: NDArray | None
    items: pd.DataFrame
    training: Training
    reasons: pd.Series | None = None
    fold: NDArray | None = None
    repeats: tuple["Predictions", ...] = ()


def read(study: str, candidate: str, split: str = "test", repeat: int | None = None) -> Predictions:
    """Read a candidate's predictions of a split, or of one repeat; a UserError says what is off."""
    splits = read_table(paths.build(study) / "splits.parquet", columns.SPLITS)
    if repeat is not None:
        splits = splits.assign(split="test")
    test, rows, where = matched(splits, study, candidate, columns.PREDICTIONS, (split, repeat))
    if repeat is None and "repeat" in rows and split == "test":
        numbers = sorted(rows["repeat"].unique())
        every = tuple(read(study, candidate, split, number) for number in numbers)
        return replace(every[0], repeats=every)
    if not (rows["label"].to_numpy() == test["label"].to_numpy()).all():
        raise UserError(f"{where}: labels differ from those in splits.parquet: run 2-train again")
    classes = columns.scored_classes(rows.columns)
    scores = rows[columns.scores(classes)].to_numpy(float) if classes else None
    if not classes:
        record = DataRecord.find(study)
        classes = record.classes if record else sorted(splits["label"].unique())
    codes = {name: code for code, name in enumerate(classes)}
    reasons = paths.build(study, candidate) / "reasons.parquet"
    return Predictions(
        candidate,
        classes,
        _codes(rows["label"], codes, where),
        _codes(rows["prediction"], codes, where),
        None if scores is None else probabilities(scores, where),
        groups(test),
        test,
        Training.of(study, candidate),
        pd.read_parquet(reasons).set_index("id")["words"] if reasons.is_file() else None,
        None if repeat is None else rows["fold"].to_numpy(),
    )


def validation(study: str, candidate: str) -> Predictions | None:
    """Read a candidate's validation items; None where they have no scores, or all the same."""
    table = pd.read_parquet(paths.build(study, candidate) / "predictions.parquet")
    rows = table.loc[table["split"] == "validation"].filter(like=columns.scores([""])[0])
    some = "repeat" not in table and (rows.nunique() > 1).any()
    return read(study, candidate, "validation") if some else None


def matched(
    splits: pd.DataFrame,
    study: str,
    candidate: str,
    needed: tuple[str, ...],
    part: tuple[str, int | None] = ("test", None),
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return a split's items, their predictions in the same order by id, and the file's name."""
    file = paths.build(study, candidate) / "predictions.parquet"
    table, where = read_table(file, needed), paths.shown(file)
    split, repeat = part
    if "repeat" in table and repeat is None and split == "test":
        return splits, table, where
    table = table if repeat is None else table[table["repeat"] == repeat]
    test, rows = splits[splits["split"] == split], table[table["split"] == split].set_index("id")
    check_ids(rows.index, test.assign(split="test"), where)
    return test, rows.loc[test["id"]], where


def answers(entries: Sequence[Predictions]) -> Answers:
    """Gather what several candidates predict for the same items."""
    first, scores = entries[0], [entry.scores for entry in entries]
    predicted = np.array([entry.predictions for entry in entries])
    return Answers(first.labels, predicted, len(first.classes), scores, first.groups)


def in_folds(entries: Sequence[Predictions]) -> Folded:
    """Gather what candidates answer in each repeat, and its folds: of the one with the fewest."""
    least = min((entry.repeats for entry in entries), key=len)
    every = zip(*(entry.repeats for entry in entries), strict=False)
    return [(answers(e), r.fold) for e, r in zip(every, least, strict=False) if r.fold is not None]


def read_table(file: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    """Read a parquet file that has these columns, or raise with what is missing."""
    where = paths.shown(file)
    if not file.is_file():
        raise UserError(f"{where}: no such file: run the stage before this one first")
    try:
        table = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise UserError(f"{where}: not a parquet file: {str(error).splitlines()[0]}") from None
    missing = [name for name in needed if name not in table.columns]
    if missing:
        there = f"there: {listed(table.columns, 8)}"
        raise UserError(f"{where}: missing column(s) {listed(missing)} ({there})")
    return table


def _codes(names: pd.Series, codes: dict[str, int], where: str) -> NDArray[np.int64]:
    coded = names.astype(str).map(codes)
    if coded.isna().any():
        name = str(names[coded.isna()].iloc[0])[:60]
        raise UserError(f"{where}: class {name!r} has no score column (there: {listed(codes)})")
    return coded.to_numpy(np.int64)
