"""Other sources of the same classes, prepared below the study's folder."""

from typing import Any

import pandas as pd

from helpers.core.errors import UserError
from helpers.core.formatting import listed
from helpers.core.records.shift import Shift, ShiftSource
from helpers.data import dataset as datasets
from helpers.data import preparation
from helpers.data.dataset import Dataset


def prepare(
    study: str,
    sources: list[Any],
    own: preparation.Prepared,
    split: dict[str, Any],
    limit: int | None,
    seed: int,
) -> pd.DataFrame:
    """Prepare the other sources as studies of their own, below the study's folder.

    The same fractions hold, but neither a source's own split nor its groups. Returns a row for each
    source: its name and how many items each split has. Raises UserError for other classes than
    those of the study's own data.
    """
    rows, names = [], []
    for source in sources:
        plain = {**split, "given": False, "group": None, "folds": 1}
        prepared = preparation.prepare(source, plain, own.items.task, limit, (), seed)
        # a folder; unlike a candidate's name, it keeps letters of any script
        name = "".join(c if c.isalnum() else "-" for c in prepared.items.name.lower()).strip("-")
        if prepared.classes != own.classes:
            odd = sorted({*prepared.classes} ^ {*own.classes})
            theirs, ours = listed(prepared.classes), listed(own.classes)
            what = f"its classes are {theirs}, not {ours}; not in both: {listed(odd)}"
            raise UserError(f"data.shift: {name}: {what}")
        preparation.save(_study_below(study, name), prepared, source, plain)
        names.append(ShiftSource(name=name, digest=prepared.digest))
        sizes = prepared.frame["split"].value_counts().to_dict()
        rows.append({"source": name, **sizes, "items in all": prepared.items.original})
    Shift(sources=names).write(study)
    return pd.DataFrame(rows, columns=["source", "train", "validation", "test", "items in all"])


def others(study: str) -> dict[str, Dataset]:
    """Open the other sources of a study, by name; none where it has none."""
    record = Shift.find(study)
    names = [source.name for source in record.sources] if record else []
    return {name: datasets.open(_study_below(study, name)) for name in names}


def _study_below(study: str, name: str) -> str:
    return f"{study}/shift/{name}"
