"""Detectors by name: from an image to boxes with classes and scores.

A name is one of the catalogue, or has a prefix: ``kerashub:PRESET``, ``onnx:FILE``.
"""

from helpers.core.errors import UserError
from helpers.models import kinds
from helpers.models.detection.detector import Detections, Detector, DetectorCard

__all__ = ["Detections", "Detector", "DetectorCard", "describe"]


def describe(name: str, decoder: str | None = None) -> DetectorCard:
    """Describe a detector without loading it; ``decoder`` says how to read an ONNX file."""
    kind, spec = kinds.resolve(kinds.ModelSpec(name, decoder=decoder), "detection")
    if kind.reads != "detection":
        raise UserError(f"{name}: not a detector of objects: list it under probe or finetune")
    card: DetectorCard = kind.describe(spec)
    return card
