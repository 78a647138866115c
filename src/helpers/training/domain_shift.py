"""Other sources of the same classes: what a candidate says of them, once, when it is trained."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.core.errors import UserError
from helpers.core.records.shift import Shift, Source
from helpers.data import dataset as datasets
from helpers.data import preparation
from helpers.data.dataset import Dataset
from helpers.training import fit

REFITTED = ("baseline", "probe")
"""Ways that are cheap enough to be fitted on every source; others are only tested on each."""


def prepare(
    study: str,
    sources: list[Any],
    task: str,
    split: dict[str, Any],
    classes: tuple[str, ...],
    limit: int | None,
    seed: int,
) -> pd.DataFrame:
    """Prepare the other sources as studies of their own, below the study's folder.

    A source with a split of its own keeps it only if the study's does; the same fractions hold.

    Returns
    -------
    DataFrame
        A row a source: its name, and how many items train, validate and test.

    Raises
    ------
    UserError
        A source with other classes.
    """
    rows, names = [], []
    for source in sources:
        plain = {**split, "given": False, "group": None}
        prepared = preparation.prepare(source, plain, task, limit, (), seed)
        name = _slug(prepared.items.name)
        if prepared.classes != classes:
            theirs, ours = (", ".join(each) for each in (prepared.classes, classes))
            raise UserError(f"data.shift: {name}: its classes are {theirs}, not {ours}")
        preparation.save(_place(study, name), prepared, source, plain)
        names.append(Source(name=name, digest=prepared.digest))
        sizes = prepared.frame["split"].value_counts().to_dict()
        rows.append({"source": name, **sizes, "items in all": prepared.items.original})
    Shift(sources=names).write(study)
    return pd.DataFrame(rows, columns=["source", "train", "validation", "test", "items in all"])


def others(study: str) -> dict[str, Dataset]:
    """Open the other sources of a study, by name; none where it has none."""
    record = Shift.find(study)
    names = [source.name for source in record.sources] if record else []
    return {name: datasets.open(_place(study, name)) for name in names}


def predict(fitted: fit.Fitted, dataset: Dataset, options: dict, seed: int) -> pd.DataFrame:
    """Say what every source's test items are, by a fit on the study's own and on each other.

    Returns
    -------
    DataFrame
        trained_on, tested_on, id, label, group, prediction and ``score:<class>``.
    """
    known = {dataset.study: dataset, **others(dataset.study)}
    fits = {dataset.study: fitted}
    if fitted.adaptation in REFITTED:
        for name, other in known.items():
            if name != dataset.study:
                way = (fitted.candidate, fitted.adaptation, fitted.resolved_model, options)
                fits[name] = fit.fit(other, *way, fitted.primary, seed, fitted.threads)
    parts = []
    for trained, model in fits.items():
        for tested, other in known.items():
            parts.append(_said(model, other).assign(trained_on=trained, tested_on=tested))
    return pd.concat(parts, ignore_index=True)


def _said(model: fit.Fitted, other: Dataset) -> pd.DataFrame:
    """Return what a fit says of a source's test items."""
    rows = np.flatnonzero(other.frame["split"].to_numpy() == "test")
    own = model.study == other.study
    scores = model.scores(rows) if own else model.scores_of(_only(other, rows))
    names = np.array(other.classes, dtype=object)
    table = other.frame[["id", "label"]].iloc[rows].reset_index(drop=True)
    table["group"] = other.frame["group"].iloc[rows].to_numpy() if "group" in other.frame else None
    table["prediction"] = names[scores.argmax(axis=1)]
    table[columns.scores(other.classes)] = scores
    return table


def _only(other: Dataset, rows: np.ndarray) -> Dataset:
    """Return some rows of a data set."""
    frame = other.frame.iloc[rows].reset_index(drop=True)
    return Dataset(other.study, frame, other.classes, other.digest, other.items.take(rows))


def save(study: str, candidate: str, table: pd.DataFrame | None) -> None:
    """Write the candidate's shift.parquet, or remove that of an earlier run."""
    file = paths.build(study, candidate) / "shift.parquet"
    if table is None:
        file.unlink(missing_ok=True)
    else:
        files.write_parquet(file, table)


def _place(study: str, name: str) -> str:
    return f"{study}/shift/{name}"


def _slug(name: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in name.lower()).strip("-")
