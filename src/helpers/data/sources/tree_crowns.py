"""Crowns of trees on aerial photographs, which are cut into tiles.

A crown belongs to the tile that holds its centre, cut at the tile's border; what reaches into other
tiles is neither to be found there nor false.
"""

import hashlib
import io
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from defusedxml import ElementTree
from PIL import Image
from pydantic import Field

from helpers.catalogue.wheels import WheelMembers
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.schema import Section
from helpers.data.detection import boxes
from helpers.data.items import Found, Items
from helpers.data.sources import Reader

LABEL = "tree"
SLIVER = 3  # pixels; of other tiles' crowns, less is not even ignored
CORNERS = ("xmin", "ymin", "xmax", "ymax")


class Photograph(Section):
    """Where a photograph was taken, and the split of all its tiles."""

    site: str
    split: Literal["train", "validation", "test"]


class CrownFields(Section):
    """Photographs (a picture and its VOC annotations of one name) and the size of tiles."""

    folder: str
    photographs: dict[str, Photograph]
    tile: Annotated[int, Field(ge=64)] = 200


def load(members: WheelMembers, fields: CrownFields) -> Items:
    """Cut photographs into tiles of about one size; no photograph is in two splits."""

    @cache
    def picture(name: str) -> np.ndarray:
        content = members.read(f"{fields.folder}/{name}.png")
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))

    rows, truth, places = [], [], []
    for name, photograph in fields.photographs.items():
        crowns = read_voc(members.read(f"{fields.folder}/{name}.xml"), name)
        height, width, _ = picture(name).shape
        for tile in tiles(height, width, fields.tile):
            id_ = f"{name}/{tile[0]}-{tile[1]}"
            truth += [{"id": id_, "label": LABEL} | box for box in within(crowns, tile)]
            rows.append({"id": id_, "path": f"{name}.png#{tile[0]},{tile[1]}", "group": name})
            rows[-1] |= {"split": photograph.split, "site": photograph.site}
            places.append((name, *tile))
    frame, crowns = pd.DataFrame(rows), boxes.frame(truth)
    frame["label"] = boxes.image_labels(frame["id"], crowns)

    def read(index: int) -> np.ndarray:
        name, left, top, right, bottom = places[index]
        return np.ascontiguousarray(picture(name)[top:bottom, left:right])

    sites = counted(len({each.site for each in fields.photographs.values()}), "site")
    said = f"tiles of {counted(len(fields.photographs), 'photograph')} of {sites}"
    meaning = f"These are {said}: nothing is said of other sites, and intervals are of tiles alone."
    return Items(
        "tree crowns",
        frame,
        read,
        hashlib.sha256(f"{fields} {members.path.name} {crowns.to_csv()}".encode()).hexdigest(),
        root=members.path.name,
        boxes=crowns,
        notes=(
            f"tiles of about {fields.tile} pixels; a crown counts in the tile that holds its "
            "centre, and what reaches into other tiles is ignored there",
        ),
        noticed={"D521": Found(len(frame), said, consequence=meaning)},
    )


def read_voc(content: bytes, where: str) -> np.ndarray:
    """Read the boxes of a VOC file, whose pixels count from 1: left, top, right, bottom [N, 4]."""
    try:
        found = list(ElementTree.fromstring(content).iter("bndbox"))
        corners = [[float(each.findtext(corner)) for corner in CORNERS] for each in found]
    except (ElementTree.ParseError, TypeError, ValueError) as error:
        raise UserError(f"{where}.xml: no boxes of VOC: {error}") from None
    return np.array(corners).reshape(-1, 4) - [1, 1, 0, 0]


def tiles(height: int, width: int, size: int) -> list[tuple[int, int, int, int]]:
    """Divide a picture evenly into tiles of about one size: left, top, right, bottom."""
    across, down = (
        np.linspace(0, n, max(1, round(n / size)) + 1).astype(int) for n in (width, height)
    )
    return [
        (int(left), int(top), int(right), int(bottom))
        for top, bottom in zip(down, down[1:], strict=False)
        for left, right in zip(across, across[1:], strict=False)
    ]


def within(crowns: np.ndarray, tile: tuple[int, int, int, int]) -> list[dict[str, Any]]:
    """Cut boxes at a tile's border; those whose centre is elsewhere are ignored."""
    tile_from, tile_to = np.array(tile[:2]), np.array(tile[2:])
    start = np.maximum(crowns[:, :2], tile_from)
    size = np.minimum(crowns[:, 2:], tile_to) - start
    centre = (crowns[:, :2] + crowns[:, 2:]) / 2
    here = ((centre >= tile_from) & (centre < tile_to)).all(axis=1)
    return [
        dict(zip(boxes.SIDES, (*(start[row] - tile_from), *size[row]), strict=True))
        | {"ignored": not here[row]}
        for row in np.flatnonzero((size >= SLIVER).all(axis=1) | here)
    ]


CROWNS = Reader(CrownFields, load)
