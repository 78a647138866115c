"""Scenes composed of cut-outs: things of COCO's classes pasted on made-up and real backgrounds.

Only recipes are kept; a scene is painted when it is read. The cut-outs and photographs of the test
are others than those of training and validation.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from PIL import Image
from pydantic import Field

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.catalogue.tar_packages import TarMembers
from helpers.catalogue.wheels import WheelMembers
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data.detection import boxes
from helpers.data.items import Found, Items
from helpers.data.sources import Reader

Split = Literal["train", "validation", "test"]
Side = Literal["train", "test"]
SIDES: tuple[Side, ...] = ("train", "test")
SIDE = 512  # pixels, of every scene
MARGIN = 4  # pixels between things, and to the border
SIZES = (36, 260)  # of a thing's longer side, evenly in its logarithm
LARGEST = 1.75  # times its own size
OPAQUE = 128  # alpha from which a pixel belongs to a thing
TRIES = 60  # places tried for a thing before it is left out
MOST = 7  # things in a scene

Picture = Callable[[str], Image.Image]


class SceneFields(Section):
    """How many scenes of each split, and what they are made of: cut-outs and photographs.

    Validation has those of ``train``. Without training scenes the test may have classes alone.
    """

    scenes: dict[Split, Annotated[int, Field(gt=0)]]
    folder: str
    cutouts: dict[Side, dict[str, tuple[str, ...]]]
    photographs: dict[Side, tuple[str, ...]]
    seed: int = 42


@dataclass(frozen=True)
class Pasted:
    """A thing in a scene: its picture is scaled to width x height and put at x, y."""

    label: str
    cutout: str
    flipped: bool
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Scene:
    """The recipe of a scene."""

    split: str
    background: str
    photograph: str
    seed: tuple[int, ...]  # of the background's pixels
    pasted: tuple[Pasted, ...]


def load(fetched: tuple[WheelMembers, Sequence[Package]], fields: SceneFields) -> Items:
    """Draw up the recipes of all scenes from the cut-outs of a package of Debian."""
    archive, packages = fetched
    stamps = TarMembers(apt.fetch(packages[0]))
    parts = [{*fields.photographs[side]}.union(*fields.cutouts[side].values()) for side in SIDES]
    if both := set.intersection(*parts):
        raise UserError(f"scenes: {', '.join(sorted(both))}: in train and in test")

    @cache
    def cutout(name: str) -> Image.Image:
        image = Image.open(io.BytesIO(stamps.read(f"{fields.folder}/{name}.png"))).convert("RGBA")
        return image.crop(_ink(image.getchannel("A")))

    @cache
    def photograph(name: str) -> Image.Image:
        return Image.open(io.BytesIO(archive.read(name))).convert("RGB")

    scenes = {
        f"{split}-{number:03d}": _scene(split, number, fields, cutout)
        for split, count in fields.scenes.items()
        for number in range(count)
    }
    return _items(scenes, cutout, photograph, [each.sha256 for each in packages])


def _items(
    scenes: Mapping[str, Scene], cutout: Picture, photograph: Picture, digests: list[str]
) -> Items:
    every = list(scenes.values())
    truth = boxes.frame(
        {"id": id_, "label": each.label} | _box(each, cutout)
        for id_, scene in scenes.items()
        for each in scene.pasted
    )
    frame = pd.DataFrame({"id": list(scenes), "label": boxes.image_labels(scenes, truth)})
    frame["path"] = [f"composed scene {id_}" for id_ in scenes]
    frame["split"] = [scene.split for scene in every]
    frame["background"] = [scene.background for scene in every]
    recipes = repr([astuple(scene) for scene in every]) + truth.to_csv() + " ".join(digests)
    things = {
        split: len(
            {each.cutout for scene in every if scene.split == split for each in scene.pasted}
        )
        for split in dict.fromkeys(frame["split"])
    }
    counts = ", ".join(f"{count} in {split}" for split, count in things.items())
    said = f"scenes composed of cut-outs, no photographs: different things {counts}"
    meaning = "The scenes are composed of cut-outs: scores on photographs may be quite different."
    return Items(
        "composed scenes",
        frame,
        lambda index: _painted(every[index], cutout, photograph),
        hashlib.sha256(recipes.encode()).hexdigest(),
        root="composed",
        boxes=truth,
        notes=(said, "cut-outs and photographs of the test are in no other split"),
        noticed={"D521": Found(len(frame), said, consequence=meaning)},
    )


def _scene(split: Split, number: int, fields: SceneFields, cutout: Picture) -> Scene:
    side: Side = "test" if split == "test" else "train"
    seed = (fields.seed, [*fields.scenes].index(split), number)
    random = np.random.default_rng(seed)
    background = list(BACKGROUNDS)[number % len(BACKGROUNDS)]
    photograph = str(random.choice(fields.photographs[side])) if background == "photograph" else ""
    things = fields.cutouts[side]
    if "train" in fields.scenes:  # what is never trained on cannot be found by what is trained
        things = {label: names for label, names in things.items() if label in known(fields)}
    pasted: list[Pasted] = []
    for _ in range(random.integers(1, MOST + 1)):
        label = str(random.choice(list(things)))
        if thing := _placed(label, str(random.choice(things[label])), pasted, cutout, random):
            pasted.append(thing)
    return Scene(split, background, photograph, (*seed, 1), tuple(pasted))


def known(fields: SceneFields) -> set[str]:
    """Return the classes of which there are cut-outs on both sides."""
    return set(fields.cutouts["train"]) & set(fields.cutouts["test"])


def _placed(
    label: str, name: str, others: list[Pasted], cutout: Picture, random: np.random.Generator
) -> Pasted | None:
    """Find a place that is free; None where there is none."""
    size, flipped = cutout(name).size, bool(random.integers(2))
    longer = np.exp(random.uniform(*np.log(SIZES)))
    scale = min(longer / max(size), LARGEST)
    width, height = (max(2, round(side * scale)) for side in size)
    for _ in range(TRIES):
        x = int(random.integers(MARGIN, SIDE - MARGIN - width))
        y = int(random.integers(MARGIN, SIDE - MARGIN - height))
        new = Pasted(label, name, flipped, x, y, width, height)
        if not any(_near(new, other) for other in others):
            return new
    return None


def _near(a: Pasted, b: Pasted) -> bool:
    beside = a.x + a.width + MARGIN <= b.x or b.x + b.width + MARGIN <= a.x
    return not (beside or a.y + a.height + MARGIN <= b.y or b.y + b.height + MARGIN <= a.y)


def _scaled(thing: Pasted, image: Image.Image) -> Image.Image:
    image = image.resize((thing.width, thing.height), Image.Resampling.LANCZOS)
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if thing.flipped else image


def _ink(alpha: Image.Image) -> tuple[int, int, int, int]:
    return alpha.point(lambda value: 255 * (value >= OPAQUE)).getbbox() or (0, 0, *alpha.size)


def _box(thing: Pasted, cutout: Picture) -> dict[str, int]:
    left, top, right, bottom = _ink(_scaled(thing, cutout(thing.cutout).getchannel("A")))
    return {"x": thing.x + left, "y": thing.y + top, "width": right - left, "height": bottom - top}


def _painted(scene: Scene, cutout: Picture, photograph: Picture) -> np.ndarray:
    random = np.random.default_rng(scene.seed)
    behind = BACKGROUNDS[scene.background](random, scene.photograph, photograph)
    image = behind.convert("RGBA")
    for thing in scene.pasted:
        image.alpha_composite(_scaled(thing, cutout(thing.cutout)), (thing.x, thing.y))
    return np.asarray(image.convert("RGB"))


def _flat(random: np.random.Generator, *_: object) -> Image.Image:
    return Image.new("RGB", (SIDE, SIDE), tuple(random.integers(40, 230, 3).tolist()))


def _noise(random: np.random.Generator, *_: object) -> Image.Image:
    """Paint clouds of several sizes, in colours."""
    total = np.full((SIDE, SIDE, 3), random.uniform(70, 185, 3))
    for cells, strength in ((4, 30), (16, 20), (64, 16), (SIDE, 8)):
        grid = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        clouds = np.asarray(grid.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=float)
        total += (clouds / 127.5 - 1) * strength
    return Image.fromarray(total.clip(0, 255).astype(np.uint8))


def _photograph(random: np.random.Generator, name: str, photograph: Picture) -> Image.Image:
    """Cut a square out of a photograph."""
    image = photograph(name)
    side = int(random.integers(min(*image.size, 320), min(*image.size, 1024) + 1))
    x, y = (int(random.integers(0, length - side + 1)) for length in image.size)
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, (x, y, x + side, y + side))


BACKGROUNDS: dict[str, Callable[[np.random.Generator, str, Picture], Image.Image]] = {
    "flat": _flat,
    "noise": _noise,
    "photograph": _photograph,
}
SCENES = Reader(SceneFields, load)
