"""Read the boxes that a detector found in a study's images, with the true ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.errors import UserError, check_known, closest
from helpers.core.formatting import counted, one_line
from helpers.core.records.data import DataRecord
from helpers.core.records.training import Training
from helpers.data import copies
from helpers.data.detection.boxes import SIDES
from helpers.evaluation.predictions import read_table
from helpers.metrics.detection import DetectionTable
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS


@dataclass(frozen=True, eq=False)
class DetectedBoxes:
    """A candidate's boxes in the images of a split, in the order of the study's splits.

    ``images`` are rows of splits.parquet, with their number there as index; ``truth`` and ``found``
    are rows of boxes.parquet and predictions.parquet, and ``table`` has both as arrays in the same
    order. ``conditions`` are the boxes found in corrupted images.
    """

    candidate: str
    classes: list[str]
    images: pd.DataFrame
    truth: pd.DataFrame
    found: pd.DataFrame
    table: DetectionTable
    conditions: pd.DataFrame
    training: Training

    @property
    def known(self) -> int:
        """Count the groups that the data names."""
        return int(self.images["group"].nunique()) if "group" in self.images else 0

    @property
    def groups(self) -> NDArray | None:
        """What is resampled together [N]: groups if there are enough, else copies alone."""
        return copies.groups(self.images, "group" if self.known >= ENOUGH_GROUPS else copies.COLUMN)

    @property
    def resampled(self) -> str:
        """Say what the intervals stand for: other groups of this kind, or other images of these."""
        if self.known >= ENOUGH_GROUPS:
            what = f"{self.known} groups with all their images"
            return f"The intervals resample {what}: they hold for other groups of this kind."
        images = "images" if self.groups is None else "images, copies of one together"
        if not self.known:
            return f"The intervals resample {images}: they hold for other images like these."
        one = self.known == 1
        only = "there is only 1 group" if one else f"there are only {self.known} groups"
        which = f"they hold for other images of {'it' if one else 'these'}"
        said = "nothing is said of other groups, such as sites."
        return f"The intervals resample {images}, because {only}: {which}; {said}"


def read(study: str, candidate: str, split: str = "test") -> DetectedBoxes:
    """Read a candidate's boxes in the images of a split; a UserError says what does not fit."""
    splits = read_table(paths.build(study) / "splits.parquet", columns.SPLITS)
    images, classes = splits[splits["split"] == split], DataRecord.read(study).classes
    if not len(images):
        raise UserError(f"build/{study}/splits.parquet: the {split} split is empty")
    file = paths.build(study) / "boxes.parquet"
    truth = read_table(file, (*columns.BOXES, "ignored"))
    _check(truth, splits, classes, paths.shown(file), "1-data")
    file = paths.build(study, candidate) / "predictions.parquet"
    found = read_table(file, columns.DETECTIONS)
    _check(found, splits, classes, paths.shown(file), "2-train")
    truth, found = (each[each["id"].isin(images["id"])] for each in (truth, found))
    file = file.with_name("conditions.parquet")
    conditions = pd.read_parquet(file) if file.is_file() else pd.DataFrame()
    table, training = tabulate(images, truth, found, classes), Training.of(study, candidate)
    return DetectedBoxes(candidate, classes, images, truth, found, table, conditions, training)


def validation(study: str, candidate: str) -> DetectedBoxes | None:
    """Read a candidate's boxes in the validation images; None where nothing was found there."""
    table = read_table(paths.build(study, candidate) / "predictions.parquet", columns.DETECTIONS)
    return read(study, candidate, "validation") if "validation" in set(table["split"]) else None


def tabulate(
    images: pd.DataFrame, truth: pd.DataFrame, found: pd.DataFrame, classes: list[str]
) -> DetectionTable:
    """Turn true and found boxes of some images into arrays of positions and pixels."""
    ids, names = pd.Index(images["id"]), pd.Index(classes)
    (at, label, box), of_found = (
        (ids.get_indexer(each["id"]), names.get_indexer(each["label"]), each[SIDES].to_numpy(float))
        for each in (truth, found)
    )
    ignored, scores = truth["ignored"].to_numpy(bool), found["score"].to_numpy(float)
    return DetectionTable(len(ids), len(names), at, label, box, ignored, *of_found, scores)


def _check(
    boxes: pd.DataFrame, splits: pd.DataFrame, classes: list[str], where: str, stage: str
) -> None:
    """Raise a UserError unless boxes are of images and classes of the study, and have numbers."""
    again = f"run {stage} again"
    split_of = splits.set_index("id")["split"]
    if strange := boxes["id"][~boxes["id"].isin(splits["id"])].tolist():
        near = closest(strange[0], splits["id"])
        many = counted(len(strange), "box", "boxes")
        raise UserError(f"{where}: {many} of unknown images, such as {strange[0]!r}{near}: {again}")
    if "split" in boxes and (boxes["split"] != boxes["id"].map(split_of)).any():
        raise UserError(f"{where}: images that are in another split now: {again}")
    for name in boxes["label"].unique():
        check_known("class", one_line(name), classes, where)
    names = [*SIDES, *{"score"} & {*boxes}]
    numbers = boxes[names].apply(pd.to_numeric, errors="coerce").astype(float)
    wrong = ~np.isfinite(numbers).all(axis=1) | (numbers[["width", "height"]] < 0).any(axis=1)
    if "score" in boxes:
        wrong |= ~numbers["score"].between(0, 1)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        first = f"row {row} has {boxes[names].iloc[row].to_dict()}"
        allowed = "finite pixels, sizes from 0 and scores from 0 to 1 are needed"
        raise UserError(f"{where}: {first}: {allowed}: {again}")
