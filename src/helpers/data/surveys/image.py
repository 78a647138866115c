"""One pass over the images: each is decoded once, and what the checks need is kept."""

import hashlib
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

import numpy as np
from PIL import Image

from helpers.core.formatting import counted
from helpers.data import near_duplicates
from helpers.data.image import decoding, levels
from helpers.data.image.levels import BYTES, EIGHT, Range
from helpers.data.items import Items
from helpers.data.near_duplicates import THUMBNAIL
from helpers.data.surveys.base import Survey, about, columns, facts_of_each


@dataclass(frozen=True)
class ImageSurvey(Survey):
    """Facts about N images; the digest is of the pixels and their shape."""

    mode: np.ndarray
    format: np.ndarray  # of the file, such as PNG; empty for an array
    frames: np.ndarray  # or pages: int [N]
    profile: np.ndarray  # the colour profile that it was converted from, or an empty text
    damage: np.ndarray  # of its orientation or colour profile, or an empty text
    orientation: np.ndarray  # of EXIF, by which it was turned upright, 1 if not: int [N]
    values: np.ndarray  # what its values are, and what became of them: levels.Values [N], or None
    height: np.ndarray
    width: np.ndarray
    span: np.ndarray  # from its darkest to its brightest level but for stray ones: int [N]
    constant: np.ndarray  # whether all pixels have one colour: bool [N]
    thumbnail: np.ndarray  # pixels of a small square, centred, of unit length: float32 [N, D]
    label: np.ndarray  # the class, which a turn may change, as 6 into 9: str [N]

    VAGUE = "have one colour, or nearly"

    @property
    def vague(self) -> np.ndarray:
        """Images without a pattern: bool [N]."""
        return np.asarray(~self.thumbnail.any(axis=1))

    def near_pairs(self) -> np.ndarray:
        """Return the pairs whose thumbnails correlate, turned or not: int [pairs, 2]."""
        return near_duplicates.turned_pairs(self.thumbnail, self.label)

    @property
    def sizes(self) -> np.ndarray:
        """Width and height of each as ``64x48``, empty where it cannot be read: str [N]."""
        sizes = zip(self.width, self.height, strict=True)
        return np.array([f"{width}x{height}" if width else "" for width, height in sizes])

    @property
    def containers(self) -> dict[str, np.ndarray]:
        """Return how each image is stored: by attribute, str [N]."""
        named = {"size": self.sizes, "colour mode": self.mode, "file format": self.format}
        named |= {"colour profile": self.profile, "number of frames": self.frames.astype(str)}
        width, height = self.width.astype(float), self.height.astype(float)
        sides = np.sign(width - height).astype(int)
        rough = {"width": about(width, "px"), "height": about(height, "px")}
        rough["area"] = about(width * height, "pixels")
        named |= {f"approximate {name}": values for name, values in rough.items()}
        return named | {"orientation": np.array(["square", "landscape", "portrait"])[sides]}

    @property
    def decoding(self) -> dict[str, dict[str, Range]]:
        """Return the levels by which the images were decoded, besides plain 8 bits."""
        found = {each.kind: each.range for each in self.values if each}
        found = {kind: each for kind, each in found.items() if (kind, each) != (EIGHT, BYTES)}
        return {"levels": found} if found else {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Say which values became black and white."""
        return tuple(starmap(self._note, self.decoding.get("levels", {}).items()))

    def _note(self, kind: str, black_white: Range) -> str:
        values = [each for each in self.values if each and each.kind == kind]
        (lowest, highest), cut = levels.ends(values), sum(each.cut for each in values)
        many, (black, white) = counted(len(values), "image"), black_white
        outside = f"; what lies outside is cut off in {cut:,}" if cut else ""
        span = f"which lie from {lowest:g} to {highest:g}"
        return (
            f"levels of {many} of {kind}, {span}: {black:g} is black, {white:g} is white{outside}"
        )


_NOTHING = np.zeros(3 * THUMBNAIL**2, np.float32)
UNREADABLE = dict(digest="", height=0, width=0, span=0, constant=False, thumbnail=_NOTHING)
UNREADABLE |= dict(mode="", format="", frames=1, profile="", damage="", values=None)
UNREADABLE |= dict(orientation=1)


def survey(items: Items) -> ImageSurvey:
    """Decode every image once; where their levels differ from those of all, once more."""

    def look(part: Items, doing: str) -> list[dict[str, Any]]:
        known = part.decoding.get("levels", {})
        return facts_of_each(part, lambda i: _facts(part.raw(i), known), UNREADABLE, doing)

    rows = look(items, "reading images")
    found = levels.of_data_set([row["values"] for row in rows if row["values"]])
    again = [
        position
        for position, values in enumerate(row["values"] for row in rows)
        if values and values.range != found.get(values.kind, values.range)
    ]
    if again and not items.decoding:
        part = replace(items.take(again), decoding={"levels": found})
        for position, row in zip(again, look(part, "reading images again"), strict=True):
            rows[position] = row
    return ImageSurvey(**columns(rows), label=items.frame["label"].fillna("").to_numpy(str))


def _facts(raw: decoding.Raw, known: levels.Levels) -> dict[str, Any]:
    pixels, stored = decoding.read(raw, known)
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    size, smooth = (THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR  # BOX mirrors badly
    thumbnail = np.asarray(image.resize(size, smooth))
    return {
        **vars(stored),
        "digest": hashlib.sha256(f"{height}x{width}:".encode() + pixels.tobytes()).hexdigest(),
        "height": height,
        "width": width,
        "span": _span(image),
        # the thumbnail first: most images are ruled out at once
        "constant": all(bool((each == each[0, 0]).all()) for each in (thumbnail, pixels)),
        "thumbnail": near_duplicates.unit_vector(thumbnail),
    }


def _span(image: Image.Image) -> int:
    """Count the levels from darkest to brightest, without strays and corners, where marks lie."""
    x, y = image.width // 4, image.height // 4
    boxes = [(i, j, i + x, j + y) for i in (0, image.width - x) for j in (0, image.height - y)]
    corners = np.sum([image.crop(box).histogram() for box in boxes], axis=0)
    below = (image.histogram() - corners).reshape(3, 256).sum(axis=0).cumsum()
    strays = round(below[-1] / levels.STRAY)
    low, high = np.searchsorted(below, [strays, below[-1] - 1 - strays], side="right")
    return int(high - low)
