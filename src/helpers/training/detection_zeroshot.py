"""A detector that was trained elsewhere finds objects as it comes, its classes called as ours."""

from dataclasses import replace

import numpy as np

from helpers.core import cost, progress
from helpers.models import detection as detectors
from helpers.models.detection import post_processing
from helpers.models.detection.detector import Detections
from helpers.models.kinds import ModelSpec
from helpers.training.class_map import mapped
from helpers.training.detection_results import DetectionRequest, DetectorResult, boxes_of

TWICE = 0.6  # overlap at which boxes of two of its classes that are one of ours are one object


def run(request: DetectionRequest) -> DetectorResult:
    """Load a detector; a UserError names classes that cannot be mapped before it is loaded."""
    options, data, model = request.options, request.dataset, request.model
    limits = {name: options[name] for name in ("score", "boxes") if name in options}
    spec = ModelSpec(model, **limits)
    card = detectors.describe(model, options.get("decoder"), options.get("names"), spec.score)
    classes = mapped(card.classes, data.classes, options.get("classes", {}), model)
    progress.say(f"loading {card.name}")
    with cost.Stopwatch() as watch:
        detector = card.load(request.threads)
    several = np.bincount(classes.positions[classes.positions >= 0]).max() > 1

    def detect(image: np.ndarray) -> Detections:
        found = detector.detect(image)
        codes = classes.positions[found.classes]
        ours = codes >= 0
        place = post_processing.Placement(image.shape[0], image.shape[1], (1.0, 1.0))
        corners = found.boxes[ours] @ _CORNERS
        scores, overlap = found.scores[ours], TWICE if several else None
        return post_processing.found(corners, scores, place, spec, codes[ours], overlap)

    detect(np.zeros((64, 64, 3), np.uint8))  # set-up is not timed
    sought = boxes_of(data, "test")
    sought = sought[~sought["ignored"]]
    return DetectorResult(
        value=np.nan,
        detector=replace(detector, classes=data.classes, detect=detect),
        backbone={"digest": card.digest, "reads": card.reads, "licence": card.licence}
        | {**classes.facts(), "load_seconds": round(watch.seconds, 1)},
        doubts=classes.doubt(sought["label"], "objects to be found"),
    )


_CORNERS = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]])  # of a box
