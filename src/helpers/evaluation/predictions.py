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


def read(study: str, candidate: str, split: str = "test") -> Predictions:
    """Read a candidate's predictions of a split; a UserError says what does not fit."""
    splits = read_table(paths.build(study) / "splits.parquet", columns.SPLITS)
    file = paths.build(study, candidate) / "predictions.parquet"
    table, where = read_table(file, columns.PREDICTIONS), paths.shown(file)
    if "repeat" in table and split == "test":  # a cross-validation tests all items in each
        parts = [part for _, part in table.groupby("repeat")]
        every = tuple(_of_items(study, candidate, splits, part, where) for part in parts)
        return replace(every[0], repeats=every)
    items, rows = (each[each["split"] == split] for each in (splits, table))
    return _of_items(study, candidate, items, rows, where)


def _of_items(
    study: str, candidate: str, test: pd.DataFrame, rows: pd.DataFrame, where: str
) -> Predictions:
    rows = _in_order(rows, test, where)
    if not (rows["label"].to_numpy() == test["label"].to_numpy()).all():
        raise UserError(f"{where}: labels differ from those in splits.parquet: run 2-train again")
    classes = columns.scored_classes(rows.columns)
    scores = rows[columns.scores(classes)].to_numpy(float) if classes else None
    if not classes:
        record = DataRecord.find(study)
        classes = record.classes if record else sorted(test["label"].unique())
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
        rows["fold"].to_numpy() if "fold" in rows else None,
    )


def validation(study: str, candidate: str) -> Predictions | None:
    """Read a candidate's validation items; None where they have no scores, or all the same."""
    table = pd.read_parquet(paths.build(study, candidate) / "predictions.parquet")
    rows = table.loc[table["split"] == "validation"].filter(like=columns.scores([""])[0])
    some = "repeat" not in table and (rows.nunique() > 1).any()
    return read(study, candidate, "validation") if some else None


def matched(
    splits: pd.DataFrame, study: str, candidate: str, needed: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the test items, their predictions in the same order by id, and the file's name."""
    file = paths.build(study, candidate) / "predictions.parquet"
    table, where = read_table(file, needed), paths.shown(file)
    test, rows = (each[each["split"] == "test"] for each in (splits, table))
    return test, _in_order(rows, test, where), where


def _in_order(rows: pd.DataFrame, items: pd.DataFrame, where: str) -> pd.DataFrame:
    rows = rows.set_index("id")
    check_ids(rows.index, items.assign(split="test"), where)
    return rows.loc[items["id"]]


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
