"""How a network wants its images: from a card beside its file, or its preprocessor_config.json."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from PIL import Image
from pydantic import Field

from helpers.core import files
from helpers.core.errors import UserError
from helpers.core.schema import Section, check
from helpers.core.yaml_files import read_yaml

Side = Annotated[int, Field(ge=1, le=4096)]
RESAMPLING = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3}
SIZING, SCALING = {"size", "shortest"}, {"scale", "mean", "std"}
# Processors of transformers that do what is done here, and their resampling by default.
PROCESSORS = {"Beit": 3, "Bit": 3, "CLIP": 3, "DeiT": 3, "MobileNetV1": 2, "MobileNetV2": 2}
PROCESSORS |= {"Siglip": 3, "ViT": 2, "": 2}
BY_SHORTEST = ("Bit", "CLIP", "MobileNetV1", "MobileNetV2")  # what a size that is a number is of
KNOWN = (  # keys of theirs; with any other, what is done is not known
    "crop_size", "data_format", "default_to_square", "do_center_crop", "do_convert_rgb",
    "do_flip_channel_order", "do_normalize", "do_reduce_labels", "do_rescale", "do_resize",
    "feature_extractor_type", "image_mean", "image_processor_type", "image_std",
    "processor_class", "resample", "rescale_factor", "size",
)  # fmt: skip
EXAMPLE = "{size: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}"


class Reading(Section):
    """How images are made for a network: (pixels * scale - mean) / std.

    The whole image is scaled to ``size``, or its shortest side to ``shortest`` and its middle kept.
    """

    AUTOMATIC = ("place", "channels", "kind")

    size: Side | tuple[Side, Side] | None = None  # height and width
    shortest: Side | None = None
    resample: Literal["nearest", "lanczos", "bilinear", "bicubic"] = "bilinear"
    scale: Annotated[float, Field(gt=0)] = 1 / 255
    mean: float | tuple[float, ...] = 0.0
    std: float | tuple[float, ...] = 1.0
    colours: Literal["rgb", "bgr"] = "rgb"
    layout: Literal["nchw", "nhwc"] | None = None
    output: str = ""  # the one that gives the features
    place: str = ""  # the file that says so
    channels: int = 3
    kind: str = "float32"  # of the network's numbers

    @property
    def sides(self) -> tuple[Any, Any]:
        """Return height and width, None for any."""
        return self.size if isinstance(self.size, tuple) else (self.size, self.size)

    @property
    def words(self) -> str:
        """Say what is done to an image."""
        part = f"the middle, {self.shortest} on its shortest side," if self.shortest else "whole,"
        numbers = f"(x * {self.scale:.6g} - {self.mean}) / {self.std}"
        numbers = "0 to 255" if np.dtype(self.kind).kind != "f" else numbers
        size = "x".join(map(str, self.sides)) if self.size else "the network's size"
        colours = "grey" if self.channels == 1 else self.colours.upper()
        return f"{part} {self.resample}, to {size}; {numbers}, {colours}"

    def prepared(self, image: np.ndarray) -> np.ndarray:
        """Make the network's input [1, ...] of an image uint8 [H, W, 3]."""
        (height, width), picture = self.sides, Image.fromarray(image)
        scale, method = (self.shortest or 0) / min(picture.size), RESAMPLING[self.resample]
        if self.shortest:  # as the processors of transformers do
            grown = [max(1, int(side * scale + 1e-9)) for side in picture.size]
            left, top = (grown[0] - width) // 2, (grown[1] - height) // 2
            picture = picture.resize((grown[0], grown[1]), method)
            picture = picture.crop((left, top, left + width, top + height))
        else:
            picture = picture.resize((width, height), method)
        pixels = np.asarray(picture.convert("L" if self.channels == 1 else "RGB"))
        pixels = pixels.reshape(height, width, -1)[..., :: -1 if self.colours == "bgr" else 1]
        if np.dtype(self.kind).kind == "f":
            mean, std = (np.asarray(each, np.float32) for each in (self.mean, self.std))
            pixels = (pixels * np.float32(self.scale) - mean) / std
        pixels = pixels if self.layout == "nhwc" else pixels.transpose(2, 0, 1)
        return np.ascontiguousarray(pixels[None], self.kind)

    def fitted(
        self, given: tuple[int | None, ...], asked: int | None, kind: str, where: str
    ) -> "Reading":
        """Fit to an input [height, width, channels], None for any; raises UserError."""
        wanted = (asked, asked) if asked else self.sides if self.size else given[:2]
        sides = tuple(fixed or side for fixed, side in zip(given[:2], wanted, strict=True))
        whole, problem = np.dtype(kind).kind != "f", ""
        if None in sides:
            problem = "it takes images of any size: give an image_size"
        elif sides != tuple(wanted):
            told = "the study" if asked else self.place
            given_as, wanted_as = ("x".join(map(str, each)) for each in (sides, wanted))
            problem = f"its input is {given_as}, not {wanted_as} as in {told}"
        elif whole and self.place and SCALING & self.model_fields_set:
            problem = f"its input takes whole numbers, but {self.place} scales them"
        elif not whole and not self.place:
            cure = f"put its preprocessor_config.json beside it, or a card {EXAMPLE}"
            problem = f"how its images are scaled is not known: {cure}"
        elif not {np.size(self.mean), np.size(self.std)} <= {1, given[2]}:
            problem = f"{self.place}: mean and std are not of {given[2]} channel(s)"
        elif not (
            np.max(self.mean) <= 1.0001 * (most := 255 * self.scale) <= 257 * np.min(self.std)
        ):
            problem = f"{self.place}: mean or std does not fit pixels of 0..{most:g}"
        if problem:
            raise UserError(f"{where}: {problem}")
        now = {"size": sides, "channels": given[2], "kind": kind}
        if self.shortest and asked and self.size:
            now["shortest"] = round(self.shortest * asked / min(self.sides))
        return self.model_copy(update=now)


def of(card: Path, preprocessor: Path | None, where: str) -> Reading:
    """Read the card, and the model's own preprocessor_config.json unless the card has numbers.

    What the card says counts. Raises UserError.
    """
    own: dict[str, Any] = {}
    if card.is_file():
        own = read_yaml(card) or {}
        check(Reading, own, f"{where}: {card.name}")
    values = own | {"place": card.name if (SIZING | SCALING) & own.keys() else ""}
    if preprocessor and not SCALING & own.keys():
        try:
            theirs = _of_transformers(files.read_json(preprocessor))
        except (ValueError, TypeError, AttributeError, KeyError):
            cure = f"is not what is read here: write a card, such as {EXAMPLE}"
            raise UserError(f"{where}: {preprocessor.name} {cure}") from None
        sized = SIZING if SIZING & own.keys() else set()
        values = {key: value for key, value in theirs.items() if key not in sized} | own
        values |= {"place": preprocessor.name}
    return check(Reading, values, where)


def _of_transformers(config: dict[str, Any]) -> dict[str, Any]:
    """Read what an image processor of transformers does; raises for what is not done here."""
    told = config.get("image_processor_type") or config.get("feature_extractor_type") or ""
    kind = re.sub("(ImageProcessor|FeatureExtractor)(Fast|Pil)?$", "", told)
    resampling, cropped = PROCESSORS[kind], config.get("do_center_crop")
    if cropped is None and kind not in ("", "ViT", "Siglip"):
        raise ValueError("some of these crop unless they are told not to")
    size, crop = config.get("size"), config.get("crop_size") if cropped else 0
    square = config.get("default_to_square", kind not in BY_SHORTEST)
    number = None if square else size
    shortest = size.get("shortest_edge") if isinstance(size, dict) else number
    odd = any(value for key, value in config.items() if key not in KNOWN and key[:1] != "_")
    if odd or not config.get("do_resize", True) or bool(shortest) != bool(crop):
        raise ValueError("proportions")
    sides = crop or size
    if isinstance(sides, dict):
        sides = (sides["height"], sides["width"])
    names = {number: name for name, number in RESAMPLING.items()}
    scale = config.get("rescale_factor", 1 / 255) if config.get("do_rescale", True) else 1
    values = {
        "size": sides,
        "shortest": shortest,
        "resample": names[config.get("resample", resampling)],
    }
    if config.get("do_normalize", True):
        values |= {"mean": config["image_mean"], "std": config["image_std"]}
    colours = "bgr" if config.get("do_flip_channel_order") else "rgb"
    return values | {"scale": scale, "colours": colours}
