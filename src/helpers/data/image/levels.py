"""Levels of images: what is black and what is white, decided once for a whole data set.

8 bits are taken as they are, unless all of a data set's images hold nothing but 0 and 1. Wider
whole numbers and floats rarely use all that their type can hold: 12 bits in files of 16 are usual.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from helpers.data.encoded import Unreadable

Range = tuple[float, float]  # the values that become black and white
Levels = Mapping[str, Range]  # by kind of values; ALL stands for every kind
EIGHT, WHOLE, FLOATS, ALL = "8 bits", "whole numbers", "floats", "all"
BYTES: Range = (0.0, 255.0)
NOT_FINITE = "NaN or infinite values"
SLACK = 0.05  # how far values may lie outside of a range: resampling overshoots an edge
STRAY = 1000  # one pixel in so many does not count: dead ones, burnt-in marks


@dataclass(frozen=True)
class Values:
    """What an image's values are, and what became of them."""

    kind: str  # one of ``EIGHT``, ``WHOLE``, ``FLOATS``
    bounds: Range  # the lowest and the highest, without stray ones
    cut: bool  # whether some lie outside of the range
    range: Range  # those that became black and white


def kind_of(values: np.ndarray) -> str:
    """Name the kind of an image's values; raises Unreadable where they are no levels."""
    if values.dtype.kind not in "uif":
        raise Unreadable(f"values of type {values.dtype}: whole numbers or floats needed")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise Unreadable(NOT_FINITE)
    return EIGHT if values.dtype == np.uint8 else FLOATS if values.dtype.kind == "f" else WHOLE


def bounds(values: np.ndarray) -> Range:
    """Return the lowest and the highest value, without the stray ones."""
    strays = values.size // STRAY
    if values.dtype == np.uint8 or not strays:
        return float(values.min()), float(values.max())
    ends = np.partition(values, (strays, values.size - 1 - strays), axis=None)
    return float(ends[strays]), float(ends[-1 - strays])


def decide(low: float, high: float) -> Range:
    """Return the range that values from ``low`` to ``high`` are taken to use.

    It is 0..1, or 0 to the most that a number of bits can hold; with negative values -1..1 if they
    lie within, and else from the lowest to the highest.
    """
    bits = ceil(log2(max(high, 0.0) / (1 + SLACK) + 1))
    top = float(2 ** max(bits, 1) - 1)
    if low >= -SLACK * top:
        return 0.0, top
    within = low >= -1 - SLACK and high <= 1 + SLACK
    return (-1.0, 1.0) if within else (low, max(high, low + 1))


def of_data_set(values: Sequence[Values]) -> dict[str, Range]:
    """Decide one range for each kind of values that a data set's images have."""
    kinds = sorted({each.kind for each in values})
    found = {kind: ends([each for each in values if each.kind == kind]) for kind in kinds}
    if found.get(EIGHT, BYTES)[1] != 1:  # if they are no masks of 0 and 1
        found.pop(EIGHT, None)
    return {kind: decide(*each) for kind, each in found.items()}


def ends(values: Sequence[Values]) -> Range:
    """Return the lowest and the highest value of several images, without stray ones."""
    return min(each.bounds[0] for each in values), max(each.bounds[1] for each in values)


def scaled(values: np.ndarray, levels: Levels) -> tuple[np.ndarray, Values]:
    """Scale an image's values to bytes, by its data set's levels or by its own if there are none.

    A fourth channel is opacity, and has a range of its own.
    """
    values = values.astype(np.uint8) * 255 if values.dtype == bool else values
    kind, colours, opacity = kind_of(values), values, values[..., :0]
    if values.ndim == 3 and values.shape[2] == 4:
        colours, opacity = values[..., :3], values[..., 3:]
    limits = bounds(colours)
    chosen = levels.get(ALL) or levels.get(kind) or (BYTES if kind == EIGHT else decide(*limits))
    low, high = float(chosen[0]), float(chosen[1])
    cut = bool(np.min(colours) < low or np.max(colours) > high)
    pixels = to_bytes(colours, (low, high))
    if opacity.size:
        whole = BYTES if kind == EIGHT else decide(0.0, float(opacity.max()))
        pixels = np.concatenate([pixels, to_bytes(opacity, whole)], axis=2)
    return pixels, Values(kind, limits, cut, (low, high))


def to_bytes(values: np.ndarray, black_white: Range) -> np.ndarray:
    """Scale values so that the range becomes 0..255; what lies outside is cut off."""
    if values.dtype == np.uint8 and black_white == BYTES:
        return values
    low, high = black_white
    levels = np.subtract(values, low, dtype=np.float64)
    levels *= 255 / (high - low)
    return np.rint(np.clip(levels, 0, 255, out=levels), out=levels).astype(np.uint8)
