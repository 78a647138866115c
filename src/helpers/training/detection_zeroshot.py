"""A detector that was trained elsewhere finds objects as it comes, with its classes mapped."""

import numpy as np

from helpers.core import cost, progress
from helpers.data.dataset import Dataset
from helpers.models import detection as detectors
from helpers.models.detection.detector import Detections
from helpers.training.box_overlaps import suppressed
from helpers.training.detection_classes import mapped
from helpers.training.detection_results import DetectionRequest, DetectorResult


def run(request: DetectionRequest) -> DetectorResult:
    """Load a detector; a UserError names classes that cannot be mapped before it is loaded."""
    options, data, model = request.options, request.dataset, request.model
    card = detectors.describe(model, options.get("decoder"))
    classes = mapped(card.classes, data.classes, options.get("classes", {}), model)
    progress.say(f"loading {card.name}")
    with cost.Stopwatch() as watch:
        detector = card.load(request.threads)

    def one(image: np.ndarray) -> Detections:
        found = detector.detect(image)
        codes = classes.positions[found.classes]
        kept = np.flatnonzero((codes >= 0) & (found.scores >= options.get("score", 0.01)))
        if classes.merges:  # one object as a car and as a truck is twice a vehicle
            kept = kept[suppressed(found.boxes[kept], codes[kept])]
        kept = kept[: options.get("boxes", 100)]
        return Detections(found.boxes[kept], found.scores[kept], codes[kept])

    def find(data: Dataset, rows: np.ndarray, what: str) -> list[Detections]:
        return [one(data.example(int(row))) for row in progress.track(rows, what, len(rows))]

    one(np.zeros((64, 64, 3), np.uint8))  # set-up is not timed
    test = data.frame["id"][data.frame["split"] == "test"]
    facts = {"digest": card.digest, "reads": card.reads, "licence": card.licence}
    facts |= classes.facts()
    return DetectorResult(
        value=np.nan,
        find=find,
        backbone={**facts, "load_seconds": round(watch.seconds, 1)},
        doubts=classes.doubt(data.boxes[data.boxes["id"].isin(test)]),
        parameters=detector.parameters,
        gflops=detector.gflops,
        engine=detector.engine,
        cores=detector.cores,
    )
