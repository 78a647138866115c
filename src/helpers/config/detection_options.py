"""Typed options of object detectors."""

from typing import Annotated, Literal

from pydantic import Field

from helpers.config.options import BatchSize, Epochs, Fraction, Patience, Positive
from helpers.core.schema import Name, Section


class DetectorOptions(Section):
    """How a detector that was trained elsewhere is run, and what its classes are called here.

    ``classes`` maps its names to the study's; equal names need no entry. Boxes below ``score`` are
    dropped and at most ``boxes`` are kept in an image. An ONNX file needs its ``decoder``.
    """

    classes: dict[Name, Name] = {}
    score: Annotated[float, Field(ge=0, lt=1)] = 0.01
    boxes: Annotated[int, Field(ge=1, le=1000)] = 100
    decoder: Literal["yolo", "ssd", "detr"] | None = None
    names: str | None = None  # a file with the names of an ONNX file's classes, one a line


class DetectionProbeOptions(Section):
    """A light head of heat maps, offsets and sizes on a frozen backbone's map."""

    image_size: Annotated[int, Field(ge=64, le=1024)] = 384
    epochs: Epochs = 30
    batch_size: BatchSize = 8
    rate: Fraction = 3e-3
    patience: Patience = 5
    boxes: Annotated[int, Field(ge=1, le=1000)] = 100
    time_budget: Positive | None = None


class DetectionFinetuneOptions(DetectionProbeOptions):
    """The same head, trained first, then the layers ``above`` one at a small rate."""

    epochs: Epochs = 10
    rate: Fraction = 1e-4
    above: str | None = None


class DetectionScratchOptions(DetectionProbeOptions):
    """The same network from random weights: the control that shows what pretraining is worth."""
