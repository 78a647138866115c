"""Predictions made elsewhere, by anything: a file, checked against the study's own items."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.core.errors import UserError, closest, unknown
from helpers.data.dataset import Dataset
from helpers.data.sources.tabular_files import plain, read_table
from helpers.metrics.registry import needs_scores
from helpers.training import validation_score
from helpers.training.outcome import Outcome, Task


@dataclass(frozen=True)
class Given:
    """``table`` has the columns of predictions.parquet; scores only if the file has them."""

    table: pd.DataFrame
    digest: str
    warnings: list[str]


def read(file: str, dataset: Dataset) -> Given:
    """Read a CSV or parquet file with the columns id, prediction and, if any, ``score:<class>``.

    Every test item must be there once; validation items may be; others of the study are left out.

    Raises
    ------
    UserError
        A missing column; ids that are unknown, missing or there twice; unknown classes; scores
        that are no probabilities: one line with the file and counts.
    """
    items = dataset.frame[["id", "split", "label"]]
    rows = _rows(file, "prediction", items)
    _check_classes(rows["prediction"], dataset.classes, file)
    asked = items[items["split"].isin(["test", "validation"]) & items["id"].isin(rows["id"])]
    said = rows.set_index("id").loc[asked["id"]]
    table = asked.reset_index(drop=True).assign(prediction=said["prediction"].to_numpy())
    table, warnings = _with_scores(table, said, dataset.classes, file)
    return Given(table, files.sha256(paths.root() / file), warnings)


def transcripts(file: str, dataset: Dataset) -> Given:
    """Read a CSV or parquet file with the columns id and hypothesis: what was heard, if anything.

    Raises
    ------
    UserError
        A missing column; ids that are unknown, missing or there twice: one line with counts.
    """
    items = dataset.frame[["id", "split", "reference"]]
    said = _rows(file, "hypothesis", items).set_index("id")["hypothesis"]
    test = items[items["split"] == "test"].reset_index(drop=True)
    table = test.assign(hypothesis=said.loc[test["id"]].to_numpy())
    return Given(table, files.sha256(paths.root() / file), [])


def given(task: Task) -> Outcome:
    """Read what was predicted elsewhere, and check it; nothing is trained."""
    file = task.model.partition(":")[2]
    found = read(file, task.dataset)
    return Outcome(
        value=validation(found.table, task.dataset.classes, task.primary),
        validation=np.empty((0, task.classes)),
        scores=nothing_more,
        scores_of=nothing_more,
        chosen={},
        backbone={"file": file, "digest": found.digest},
        fit_seconds=np.nan,
        parameters=0,
        choice=pd.DataFrame(),
        warnings=found.warnings,
        table=found.table,
    )


def nothing_more(_: object) -> np.ndarray:
    """Refuse to predict: whoever made the file is not here."""
    raise UserError("these predictions were made elsewhere: only the items of the file have any")


def _rows(file: str, said: str, items: pd.DataFrame) -> pd.DataFrame:
    """Read the ids of a file and what was said of each; empty cells are empty texts."""
    rows = read_table(file)
    for column in ("id", said):
        rows[column] = plain(rows, column, f"{file}: needed").fillna("").astype(str)
    _check_ids(rows["id"], items, file)
    return rows


def _check_ids(given: pd.Series, items: pd.DataFrame, where: str) -> None:
    if repeated := int(given.duplicated().sum()):
        first = given[given.duplicated()].iloc[0]
        raise UserError(f"{where}: {repeated} id(s) are there twice, such as {first!r}")
    foreign = given[~given.isin(items["id"])]
    test = items.loc[items["split"] == "test", "id"]
    lacking = test[~test.isin(given)]
    if len(foreign) or len(lacking):
        such = [f"unknown {each!r}{closest(each, items['id'])}" for each in foreign[:1]]
        such += [f"missing {each!r}" for each in lacking[:1]]
        raise UserError(
            f"{where}: ids do not match the study's: {len(lacking)} of {len(test)} test items "
            f"missing, {len(foreign)} of {len(given)} ids unknown; such as {' and '.join(such)}"
        )


def _check_classes(said: pd.Series, classes: tuple[str, ...], where: str) -> None:
    strange = said[~said.isin(classes)]
    if len(strange):
        known = unknown("class", strange.iloc[0][:60], classes)
        raise UserError(f"{where}: {len(strange)} of {len(said)} predictions: {known}")


def _with_scores(
    table: pd.DataFrame, said: pd.DataFrame, classes: tuple[str, ...], where: str
) -> tuple[pd.DataFrame, list[str]]:
    """Add the scores, scaled to sum to 1, if the file has those of every class."""
    wanted = columns.scores(classes)
    there = columns.scores(columns.scored_classes(said.columns))
    if not there:
        return table, ["Without scores there is no log loss, ROC area, calibration or coverage."]
    if set(there) != set(wanted):
        odd = sorted(set(there) ^ set(wanted))
        raise UserError(
            f"{where}: score columns: {len(there)} there, {len(wanted)} needed, one for each "
            f"class; not in both: {', '.join(odd[:5])}"
        )
    scores = said[wanted].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    sums = scores.sum(axis=1)
    wrong = ~np.isfinite(sums) | (scores < 0).any(axis=1) | (abs(sums - 1) > 1e-3)
    if wrong.any():
        raise UserError(
            f"{where}: scores of {int(wrong.sum())} of {len(said)} items are no probabilities "
            "(numbers from 0 that sum to 1)"
        )
    table[wanted] = scores / sums[:, None]
    highest = np.array(classes)[scores.argmax(axis=1)]
    if other := int((highest != table["prediction"]).sum()):
        return table, [f"{other} predictions are not the class with the highest score."]
    return table, []


def validation(table: pd.DataFrame, classes: tuple[str, ...], primary: str) -> float:
    """Score what was said of the validation items; NaN where nothing was, or scores are needed."""
    part = table[table["split"] == "validation"]
    scores = columns.scores(columns.scored_classes(table.columns))
    if not len(part) or (needs_scores(primary) and not scores):
        return np.nan
    codes = pd.Index(classes).get_indexer
    said = np.eye(len(classes))[codes(part["prediction"])]
    said = part[scores].to_numpy(float) if needs_scores(primary) else said
    return validation_score.score(primary, codes(part["label"]), said)
