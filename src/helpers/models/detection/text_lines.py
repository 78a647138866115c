"""Lines of text by PP-OCR's detectors: a map of probabilities, its components, grown to the ink.

Differentiable binarization (Liao et al., 2020) predicts the core of each line, shrunk from all
sides; a core of some area and perimeter grows by their ratio.
"""

import io
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.core.errors import UserError, reason, unknown
from helpers.models.detection import post_processing
from helpers.models.detection.detector import Detections, Detector, DetectorCard
from helpers.models.detection.post_processing import DEVIATION, MEAN
from helpers.models.inference import openvino
from helpers.models.kinds import ModelSpec

# Times area by perimeter, so that boxes end where ink does, on pages rendered for this alone. The
# 1.6 of PaddleOCR goes around ascents and descents, too far from the ink for an IoU of .75.
GROWTH = {"v4": 0.8, "v5": 0.6}
THRESHOLD = 0.3  # probability from which a pixel is part of a line
LONGEST = 1280  # pixels of an image's longer side; more are averaged
STEP = 32  # sides are multiples of it


def card(spec: ModelSpec) -> DetectorCard:
    """Describe one of the catalogue's detectors of text."""
    entry, archive, member = spec.archived()
    if entry.variant not in GROWTH:
        raise unknown("variant", str(entry.variant), GROWTH, f"models.yaml: {spec.name}")
    content = {"archive": archive.sha256, "in": member, "growth": GROWTH[entry.variant]}
    return DetectorCard(
        name=spec.name,
        licence=entry.licence,
        reads=f"the image scaled to at most {LONGEST} pixels, BGR by ImageNet's mean and deviation",
        classes=("text",),
        made_of=content | {"score": spec.score, "boxes": spec.boxes, "engine": openvino.planned()},
        load=lambda threads: _load(spec, threads),
        modules=(__name__, post_processing.__name__, openvino.__name__),
    )


def _load(spec: ModelSpec, threads: int | None) -> Detector:
    entry, archive, member = spec.archived()
    content, growth = wheels.member(wheels.fetch(archive), member), GROWTH[str(entry.variant)]
    try:
        from openvino import Core

        compiled = openvino.compile_graph(Core().read_model(io.BytesIO(content)), threads)
    except RuntimeError as error:
        raise UserError(f"{spec.name}: not a readable ONNX file: {reason(error)}") from None
    infer = compiled.shared()

    def detect(image: np.ndarray) -> Detections:
        pixels, fit = post_processing.stretched(image, *_size(*image.shape[1::-1]))
        scaled = (pixels / np.float32(255) - MEAN) / DEVIATION
        likely = infer(np.ascontiguousarray(scaled[..., ::-1].transpose(2, 0, 1)[None]))[0, 0]
        corners, scores = lines(likely, growth)
        classes = np.zeros(len(scores), np.int64)
        return post_processing.found(corners, scores, fit, spec, classes)

    return Detector(spec.name, ("text",), detect, compiled.name, entry.parameters, cores=threads)


def _size(width: int, height: int) -> tuple[int, int]:
    """Return an input's width and height: multiples of ``STEP``, at most ``LONGEST``."""
    scale = min(1.0, LONGEST / max(width, height))
    across, down = (max(STEP, round(side * scale / STEP) * STEP) for side in (width, height))
    return across, down


def lines(likely: np.ndarray, growth: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners [N, 4] of lines in a map of probabilities, and their mean in each [N]."""
    from scipy import ndimage

    labels, count = ndimage.label(likely > THRESHOLD, np.ones((3, 3)))
    if not count:
        return np.zeros((0, 4)), np.zeros(0)
    scores = ndimage.mean(likely, labels, np.arange(1, count + 1))
    spans: Any = ndimage.find_objects(labels)
    corners = np.array([(x.start, y.start, x.stop, y.stop) for y, x in spans], np.float64)
    width, height = (corners[:, 2:] - corners[:, :2]).T
    by = (growth * width * height / (2 * (width + height)))[:, None]
    return corners + np.hstack([-by, -by, by, by]), scores
