"""The data of a study, whether or not make has prepared it."""

from functools import cache

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.data import dataset, preparation
from helpers.data.dataset import Dataset
from helpers.pipeline import stage_parameters

ASKED = ("source", "split", "task", "limit", "slices", "seed")


@cache
def open_study(name: str) -> Dataset:
    """Open what ``make`` prepared of a study, or prepare it here in the same way, once."""
    try:
        return dataset.open(name)
    except UserError:
        asked = stage_parameters.of(study_file.load(name), "1-data")
        asked["slices"] += asked["kept"]
        made = preparation.prepare(**{key: asked[key] for key in ASKED})
        return Dataset(name, made.frame, made.classes, made.digest, made.items)
