"""Detectors by name: from an image to boxes with classes and scores.

A name is one of the catalogue, or has a prefix: ``kerashub:PRESET``, ``onnx:FILE``.
"""

from helpers.core.errors import UserError
from helpers.models import kinds
from helpers.models.detection.detector import Detections, Detector, DetectorCard, detect_all

__all__ = ["Detections", "Detector", "DetectorCard", "describe", "detect_all"]


def describe(
    name: str, decoder: str | None = None, names: str | None = None, score: float = 0.01
) -> DetectorCard:
    """Describe a detector without loading it; no box will be below ``score``.

    ``decoder`` says how to read an ONNX file, ``names`` is a file with the names of its classes.
    """
    spec = kinds.ModelSpec(name, decoder=decoder, names=names, score=score)
    kind, spec = kinds.resolve(spec, "detection")
    if kind.reads != "detection":
        raise UserError(f"{name}: not a detector of objects: list it under probe or finetune")
    card: DetectorCard = kind.describe(spec)
    return card
