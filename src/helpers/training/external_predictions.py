"""Predictions from a file, however they were made, checked against the study's items."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.core.errors import UserError, unknown
from helpers.data.dataset import Dataset
from helpers.data.prediction_table import check_ids, probabilities
from helpers.data.sources.tabular_files import plain, read_table
from helpers.metrics.registry import needs_scores
from helpers.training import validation_score
from helpers.training.results import AdaptationRequest, ExternalResult


@dataclass(frozen=True)
class ExternalPredictions:
    """``table`` has the columns of predictions.parquet; scores only if the file has them."""

    table: pd.DataFrame
    digest: str
    warnings: list[str]


def read(file: str, dataset: Dataset) -> ExternalPredictions:
    """Read a CSV or parquet file with the columns id, prediction and maybe ``score:<class>``.

    Every test item is needed once; validation items are optional; train items are ignored. A
    UserError of one line, with counts, names a missing column, ids that are unknown, missing or
    repeated, unknown classes, or scores that are no probabilities.
    """
    items = dataset.frame[["id", "split", "label"]]
    rows = _rows(file, "prediction", items)
    wrong = rows.loc[~rows["prediction"].isin(dataset.classes), "prediction"]
    if len(wrong):
        error = unknown("class", wrong.iloc[0][:60], dataset.classes)
        raise UserError(f"{file}: {len(wrong)} of {len(rows)} predictions: {error}")
    held_out = items["split"].isin(["test", "validation"])
    table = items[held_out & items["id"].isin(rows["id"])].reset_index(drop=True)
    rows = rows.set_index("id").loc[table["id"]]
    table["prediction"] = rows["prediction"].to_numpy()
    warnings = _add_scores(table, rows, dataset.classes, file)
    return ExternalPredictions(table, files.sha256(paths.root() / file), warnings)


def transcripts(file: str, dataset: Dataset) -> ExternalPredictions:
    """Read a CSV or parquet file of id and hypothesis (maybe empty); a UserError as in ``read``."""
    items = dataset.frame[["id", "split", "reference"]]
    hypotheses = _rows(file, "hypothesis", items).set_index("id")["hypothesis"]
    test = items[items["split"] == "test"].reset_index(drop=True)
    table = test.assign(hypothesis=hypotheses.loc[test["id"]].to_numpy())
    return ExternalPredictions(table, files.sha256(paths.root() / file), [])


def read_predictions(request: AdaptationRequest) -> ExternalResult:
    """Read and check the predictions of a file; nothing is trained."""
    file = request.model.partition(":")[2]
    predictions = read(file, request.dataset)
    return ExternalResult(
        value=validation(predictions.table, request.dataset.classes, request.primary),
        backbone={"file": file, "digest": predictions.digest},
        warnings=predictions.warnings,
        table=predictions.table,
    )


def validation(table: pd.DataFrame, classes: tuple[str, ...], primary: str) -> float:
    """Score the validation items; NaN if the file has none of them, or no scores it needs."""
    rows = table[table["split"] == "validation"]
    scored = columns.scores(columns.scored_classes(table.columns))
    if not len(rows) or (needs_scores(primary) and not scored):
        return np.nan
    codes = pd.Index(classes).get_indexer
    scores = np.eye(len(classes))[codes(rows["prediction"])]
    if needs_scores(primary):
        scores = rows[scored].to_numpy(float)
    return validation_score.score(primary, codes(rows["label"]), scores)


def _rows(file: str, column: str, items: pd.DataFrame) -> pd.DataFrame:
    """Read the columns id and another one as text; an empty cell is an empty text."""
    rows = read_table(file)
    for name in ("id", column):
        rows[name] = plain(rows, name, f"{file}: needed").fillna("").astype(str)
    check_ids(rows["id"], items, file)
    return rows


def _add_scores(
    table: pd.DataFrame, rows: pd.DataFrame, classes: tuple[str, ...], where: str
) -> list[str]:
    """Add the scores to the table if the file has those of every class; return warnings."""
    needed = columns.scores(classes)
    present = columns.scores(columns.scored_classes(rows.columns))
    if not present:
        return ["Without scores there is no log loss, ROC area, calibration or coverage."]
    if set(present) != set(needed):
        odd = sorted(set(present) ^ set(needed))
        raise UserError(
            f"{where}: score columns: {len(present)} present, {len(needed)} needed, one per "
            f"class; not in both: {', '.join(odd[:5])}"
        )
    scores = rows[needed].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    table[needed] = probabilities(scores, where)
    highest = np.array(classes)[scores.argmax(axis=1)]
    if other := int((highest != table["prediction"]).sum()):
        return [f"{other} predictions are not the class with the highest score."]
    return []
