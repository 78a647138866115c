"""Predictions from a file, however they were made, checked against the study's items."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import counted, listed
from helpers.data import names as merging
from helpers.data import prediction_ids, prediction_scores
from helpers.data.dataset import Dataset
from helpers.data.items import NO_SPEECH
from helpers.data.sources.tabular_files import NOTES, plain, read_table
from helpers.data.speech import normalisation
from helpers.metrics.registry import needs_scores
from helpers.training import prediction_doubts
from helpers.training.results import AdaptationRequest, ExternalResult


@dataclass(frozen=True)
class ExternalPredictions:
    """``table`` has the columns of predictions.parquet; scores only if the file has them.

    ``doubts`` say why they may not be what they seem, ``warnings`` what is odd about their scores;
    both stand beside the numbers. ``notes`` say what was decided while reading.
    """

    table: pd.DataFrame
    digest: str
    doubts: list[str]
    notes: list[str]
    warnings: list[str] = field(default_factory=list)

    def facts(self, file: str) -> dict[str, str]:
        """Say what the predictions come from."""
        told = {"read with": "; ".join(self.notes)} if self.notes else {}
        return {"file": file, "digest": self.digest, **told}


def read(file: str, dataset: Dataset) -> ExternalPredictions:
    """Read a table with the columns id, prediction and maybe a score of each class.

    Every test item is needed once; validation items are optional, train items are not evaluated. A
    UserError of one line, with counts, names a missing column, ids that are missing or repeated,
    unknown classes, scores that are no probabilities, labels of other items.
    """
    items, classes, spelled = dataset.frame, dataset.classes, prediction_scores.named
    rows, notes = _rows(file, "prediction", items)
    answers = prediction_doubts.answers_among(rows.columns)
    merging.of_predictions(rows, dataset.items.merged, ("prediction", *answers))
    said, rows["prediction"] = rows["prediction"], spelled(rows["prediction"], classes)
    if len(other := said[said != rows["prediction"]].unique()):
        notes.append(f"classes in another spelling: {listed(map(repr, other))}")
    held_out = items["split"].isin(["test", "validation"]) & items["id"].isin(rows["id"])
    table = items.loc[held_out, ["id", "split", "label"]].reset_index(drop=True)
    doubts, every = prediction_doubts.of_split(rows, dataset), rows.set_index("id")
    rows = every.loc[table["id"]]
    _check_classes(rows["prediction"], classes, file)
    table["prediction"] = rows["prediction"].to_numpy()
    warnings = _add_scores(table, rows, classes, file)
    labels = table.set_index("id")["label"]
    doubts += prediction_doubts.of_answers(rows, labels, lambda x: spelled(x, classes), file)
    renamed = prediction_doubts.of_classes(table[table["split"] == "test"], classes)
    doubts += renamed or prediction_doubts.of_order(every["prediction"], items)
    waiting, given = (int((of["split"] == "validation").sum()) for of in (items, table))
    if given < waiting:  # a part of it would be a score of other items than those of the others
        table = table[table["split"] == "test"].reset_index(drop=True)
        notes += [f"{given} of {waiting} validation items only, not scored"] * bool(given)
    return ExternalPredictions(table, files.sha256(paths.root() / file), doubts, notes, warnings)


def transcripts(file: str, dataset: Dataset) -> ExternalPredictions:
    """Read a table of id and hypothesis (maybe empty); a UserError as in ``read``."""
    items = dataset.frame
    rows, notes = _rows(file, "hypothesis", items)
    doubts, rows = prediction_doubts.of_split(rows, dataset), rows.set_index("id")
    test = items[items["split"] == "test"].set_index("id")
    test["hypothesis"], rows = rows["hypothesis"], rows.loc[test.index]
    plainly = lambda texts: list(map(normalisation.plain, texts))  # noqa: E731
    doubts += prediction_doubts.of_answers(rows, test["reference"], plainly, file)
    spoken = test[test["label"] != NO_SPEECH]
    heard, said = plainly(spoken["hypothesis"]), plainly(spoken["reference"])
    doubts += prediction_doubts.of_rows(spoken, heard, said)
    blank = spoken["hypothesis"].str.strip().str.lower().isin(["", "nan", "none", "null"])
    if empty := int((blank & (spoken["hypothesis"] != spoken["reference"])).sum()):
        every = counted(len(spoken), "hypothesis", "hypotheses")
        doubts.append(f"{empty} of {every} are empty, or say `nan` or the like.")
    same = (spoken["hypothesis"] == spoken["reference"]).all()
    if same and len(spoken) >= prediction_doubts.ENOUGH:
        doubts.append(f"All {len(spoken)} hypotheses equal their references to the letter.")
    table = test.reset_index()[["id", "split", "reference", "hypothesis"]]
    return ExternalPredictions(table, files.sha256(paths.root() / file), doubts, notes)


def read_predictions(request: AdaptationRequest) -> ExternalResult:
    """Read and check the predictions of a file; nothing is trained."""
    file = request.model.partition(":")[2]
    predictions = read(file, request.dataset)
    return ExternalResult(
        value=validation(predictions.table, request.dataset.classes, request.primary),
        backbone=predictions.facts(file),
        doubts=predictions.doubts,
        warnings=predictions.warnings,
        table=predictions.table,
    )


def validation(table: pd.DataFrame, classes: tuple[str, ...], primary: str) -> float:
    """Score the validation items; NaN if the file has none of them, or no scores it needs."""
    rows = table[table["split"] == "validation"]
    scored = columns.scores(columns.scored_classes(table.columns))
    if not len(rows) or (needs_scores(primary) and not scored):
        return np.nan
    from helpers.training import validation_score  # brings scikit-learn

    codes = pd.Index(classes).get_indexer
    scores = np.eye(len(classes))[codes(rows["prediction"])]
    if needs_scores(primary):
        scores = rows[scored].to_numpy(float)
    return validation_score.score(primary, codes(rows["label"]), scores)


def _rows(file: str, column: str, items: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Read the rows of our items, with our ids, and another column as text; an empty cell is ""."""
    rows = read_table(file)
    found = list(rows.attrs[NOTES])
    rows = rows.reset_index() if rows.index.name == "id" else rows
    for name in ("id", column):
        if name not in rows.columns:
            problem = unknown("column", name, map(str, rows.columns), file)
            raise UserError(f"{problem}; rename the column that has it")
        texts = plain(rows, name, file).astype(object)
        rows[name] = texts.where(texts.notna(), "").astype(str)
    rows["id"], notes = prediction_ids.matched(rows["id"], items, file)
    return rows[rows["id"].notna()].reset_index(drop=True), found + notes


def _check_classes(predicted: pd.Series, classes: tuple[str, ...], where: str) -> None:
    wrong = predicted[~predicted.isin(classes)]
    if not len(wrong):
        return
    problem = str(unknown("class", wrong.iloc[0][:60], classes))
    if not any(wrong):
        problem = f"empty, such as that of {wrong.index[0]!r}"
    elif predicted.str.fullmatch(r"\d+(\.0+)?").all() and not any(map(str.isdigit, classes)):
        problem = f"numbers, but the names of the classes are needed: {listed(classes)}"
    raise UserError(f"{where}: {len(wrong)} of {len(predicted)} predictions: {problem}")


def _add_scores(
    table: pd.DataFrame, rows: pd.DataFrame, classes: tuple[str, ...], where: str
) -> list[str]:
    """Add the scores to the table if the file has those of every class; return warnings."""
    lost = "log loss, ROC area, calibration and coverage are undefined"
    present = prediction_scores.columns_of(rows.columns, classes, where)
    if not present:
        known = ("prediction", "split", *prediction_doubts.answers_among(rows.columns))
        others = [name for name in map(str, rows.columns) if name not in known]
        unread = [f"Columns that are not read: {listed(others)}."] if others else []
        return [f"Without a column score:<class> for each class, {lost}.", *unread]
    plainly = rows[present].replace(r"\s*%\s*$", "", regex=True)  # percent are refused by name
    scores = plainly.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    places, given = prediction_scores.decimals(scores), scores
    scores = prediction_scores.probabilities(scores, where, rows.index)
    codes, every = pd.Index(classes).get_indexer, np.arange(len(rows))
    said, warnings = codes(table["prediction"]), []
    if prediction_scores.coarse(given):
        low, high = given.sum(axis=1).min(), given.sum(axis=1).max()
        sums = f"The scores of an item sum to between {low:.3f} and {high:.3f}"
        warnings = [f"{sums}; each was divided by the sum."]
    if other := int((scores[every, said] < scores.max(axis=1) - 1e-9).sum()):
        count = f"{other} of {len(rows)} predictions are not the class with the highest score"
        if found := prediction_doubts.renaming(scores.argmax(axis=1), said, classes):
            order = f"{found[1]:.0%} would be with the scores renamed ({found[0]})"
            raise UserError(f"{where}: {count}, but {order}: mend the order of the score columns")
        warnings += [f"{count}, so log loss and accuracy judge different decisions."]
    if not places and set(np.unique(given)) <= {0, 1}:
        return [*warnings, f"All scores are 0 or 1, which are decisions: {lost}."]
    table[columns.scores(classes)] = scores
    nothing = scores[every, codes(table["label"])] == 0
    if zeros := int((nothing & (table["split"] == "test")).sum()):
        rounded = f"Rounded to {places} decimals, " * bool(places)
        text = f"{rounded}the right class has the score 0 for {zeros} test items"
        warnings.append(f"{text[0].upper()}{text[1:]}: log loss depends on how that is counted.")
    return warnings
