"""Read a candidate's predictions of the test items, with their groups and slices."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.errors import UserError
from helpers.core.records.data import DataRecord
from helpers.core.records.training import Training
from helpers.data.prediction_table import check_ids, probabilities


@dataclass(frozen=True)
class Predictions:
    """A candidate's test items, in the order of the study's splits.

    ``labels`` and ``predictions`` are class codes [N], ``scores`` probabilities [N, K] or None
    where a file gave none, ``groups`` [N] or None; ``items`` has the rows of splits.parquet, with
    their number there as index; ``training`` is what training.json says, or the name alone where
    there is none; ``reasons`` the words behind each prediction, by id, if known.
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


def read(study: str, candidate: str) -> Predictions:
    """Read a candidate's predictions of the test split, and check them against the splits.

    Raises
    ------
    UserError
        A file or column that is missing, ids that do not match the test split, scores that are no
        probabilities: with the file and counts.
    """
    folder = paths.build(study, candidate)
    splits = read_table(paths.build(study) / "splits.parquet", columns.SPLITS)
    file = folder / "predictions.parquet"
    where = paths.shown(file)
    table = read_table(file, columns.PREDICTIONS)
    test = splits[splits["split"] == "test"]
    rows = table[table["split"] == "test"].set_index("id")
    check_ids(rows.index, test, where)
    rows = rows.loc[test["id"]]
    classes = columns.scored_classes(table.columns)
    scored = bool(classes)
    classes = classes or _classes(study, splits)
    codes = {name: code for code, name in enumerate(classes)}
    if not (rows["label"].to_numpy() == test["label"].to_numpy()).all():
        raise UserError(f"{where}: labels differ from those in splits.parquet: run 2-train again")
    return Predictions(
        candidate,
        classes,
        _codes(rows["label"], codes, where),
        _codes(rows["prediction"], codes, where),
        probabilities(rows[columns.scores(classes)].to_numpy(float), where) if scored else None,
        groups(test),
        test,
        Training.of(study, candidate),
        _reasons(folder / "reasons.parquet"),
    )


def first_rows(table: pd.DataFrame, count: int = 8) -> pd.DataFrame:
    """Show the first predictions of the test split, each with its score and the next best class."""
    test = table[table["split"] == "test"].head(count)
    shown, names = test[["id", "label", "prediction"]], columns.scored_classes(table.columns)
    if not names:
        return shown
    scores, classes = test[columns.scores(names)].to_numpy(float), pd.Index(names)
    first, rows = classes.get_indexer(test["prediction"]), np.arange(len(test))
    others = scores.copy()
    others[rows, first] = -np.inf
    second = others.argmax(axis=1)
    return shown.assign(
        score=scores[rows, first], next_best=classes[second], its_score=scores[rows, second]
    )


def _reasons(file: Path) -> pd.Series | None:
    return pd.read_parquet(file).set_index("id")["words"] if file.is_file() else None


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
        there = ", ".join(table.columns[:8])
        raise UserError(f"{where}: missing column(s) {', '.join(missing)} (there: {there})")
    return table


def _codes(names: pd.Series, codes: dict[str, int], where: str) -> NDArray[np.int64]:
    known = names.astype(str).map(codes)
    if known.isna().any():
        name = str(names[known.isna()].iloc[0])[:60]
        raise UserError(f"{where}: class {name!r} has no score column (there: {', '.join(codes)})")
    return known.to_numpy(np.int64)


def _classes(study: str, splits: pd.DataFrame) -> list[str]:
    """Take the study's classes, in the order of all score columns."""
    record = DataRecord.find(study)
    return record.classes if record else sorted(splits["label"].unique())


def groups(table: pd.DataFrame, column: str = "group") -> NDArray | None:
    """Read the groups of the items from a column; an item without one is its own group."""
    if column not in table.columns or table[column].isna().all():
        return None
    alone = "item " + table["id"].astype(str)
    return table[column].astype("string").fillna(alone.astype("string")).to_numpy(str)
