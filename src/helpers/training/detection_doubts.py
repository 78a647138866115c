"""What speaks against boxes found elsewhere: another layout, other images, renamed classes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.data.dataset import Dataset
from helpers.data.detection import geometry
from helpers.data.detection.boxes import SIDES
from helpers.data.image import decoding
from helpers.metrics.boxes.table import overlaps
from helpers.training.detection_results import boxes_of
from helpers.training.prediction_doubts import ENOUGH, renaming

LOOKED_AT, TRIED = 20_000, 3_000  # boxes, the ones with the highest scores; read in other ways
HIT = 0.5  # overlap from which on a box lies on an object
FAR, SURE = 3, 0.2  # a layout is another if so many times as many boxes fit, and so many of all
LAYOUTS = {  # how the four numbers become x, y, width and height: matrices
    "x, y, width and height": np.eye(4),
    "the corners x1, y1, x2, y2": [[1, 0, -1, 0], [0, 1, 0, -1], [0, 0, 1, 0], [0, 0, 0, 1]],
    "the centre, width and height": [[1, 0, 0, 0], [0, 1, 0, 0], [-0.5, 0, 1, 0], [0, -0.5, 0, 1]],
    "y, x, height and width": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
    "the corners y1, x1, y2, x2": [[0, 1, 0, -1], [1, 0, -1, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
}
SOME = 3  # boxes that do not lie on objects by chance alone
SQUARES = {100: "in percent", 1000: "in thousandths"} | {  # that images were scaled to
    side: f"of a picture of {side} x {side}" for side in (300, 320, 416, 512, 640, 800, 1024)
}
FIRST, SMALL = 1.5, 0.05  # pixels within which fractions lie, and the share of them that is odd
SPLITS, APART, RARELY = ("validation", "test"), 0.5, 1e-3  # distance of scores, and its p-value


class Nearest:
    """The best boxes found, and the true ones of their images, or of those that ``moved`` names."""

    def __init__(
        self,
        rows: pd.DataFrame,
        truth: pd.DataFrame,
        moved: Mapping[str, str] | None = None,
        most: int = LOOKED_AT,
    ):
        self.truth = truth.sort_values("id", kind="stable")
        ids, first, many = np.unique(
            self.truth["id"].to_numpy(object), return_index=True, return_counts=True
        )
        place = pd.Index(ids).get_indexer(rows["id"].map(moved) if moved else rows["id"])
        self.found = rows.assign(place=place)[place >= 0].nlargest(most, "score")
        count, start = (each[self.found["place"]] for each in (many, first))
        self.ends = np.cumsum(count)
        self.box = np.repeat(np.arange(len(count)), count)
        self.true = np.arange(len(self.box)) + np.repeat(start - self.ends + count, count)
        self.sides = self.found[SIDES].to_numpy(float)
        self._true_sides = self.truth[SIDES].to_numpy(float)[self.true]

    def on(self, sides: NDArray | None = None) -> tuple[NDArray[np.float64], pd.Series]:
        """Return which true box each overlaps most: how much [B], and its label."""
        found = (self.sides if sides is None else sides)[self.box]
        each = overlaps(found, self._true_sides, np.zeros(len(found), bool))
        best = np.lexsort((each, self.box))[self.ends - 1]
        return each[best], self.truth["label"].iloc[self.true[best]]

    def hit(self, sides: NDArray | None = None) -> NDArray[np.bool_]:
        """Tell which boxes lie on an object."""
        return self.on(sides)[0] >= HIT


def with_sizes(rows: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Add to boxes how ``wide`` and ``high`` their images are, and their ``turn`` by EXIF."""
    wanted, of = {*rows["id"]}, dict[str, tuple[int, int, int]]()
    for row, name in enumerate(data.frame["id"]):
        if name in wanted:
            raw = data.items.raw(row)
            encoded = isinstance(raw, bytes | Path)  # then its pixels need not be decoded
            of[name] = decoding.upright_size(raw) if encoded else (*raw.shape[1::-1], 1)
    wide, high, turn = np.array([of[name] for name in rows["id"]], float).reshape(-1, 3).T
    return rows.assign(wide=wide, high=high, turn=turn)


def check_layout(rows: pd.DataFrame, data: Dataset, where: str) -> None:
    """Raise a UserError if far more boxes lie on true objects when they are read in another way."""
    photos = _in_turned_photos(rows, data)  # alone, as there may be few of them
    _check(photos, {"turned with their photo, by its EXIF": photos.hit(_turned(photos))}, where)
    near = Nearest(rows, data.boxes, most=TRIED)
    if FAR * near.hit().sum() > len(near.found):
        return
    read = {f"they are {words}": near.hit(sides) for words, sides in _readings(near)}
    for by, words in ((1, "before"), (-1, "after")):
        moved = Nearest(rows, data.boxes, _beside(data, by), TRIED)
        read[f"each image is taken for the one {words} it"] = moved.hit()
    _check(near, read, where)


def _check(near: Nearest, read: Mapping[str, NDArray[np.bool_]], where: str) -> None:
    """Raise a UserError if one of the ways in which boxes were ``read`` is far better."""
    own, best = near.hit(), max(read, key=lambda words: int(read[words].sum()))
    if read[best].sum() >= max(ENOUGH, FAR * own.sum(), SURE * len(read[best])):
        lie = f"{read[best].mean():.0%} of {counted(len(own), 'box', 'boxes')} lie on an object if"
        raise UserError(f"{where}: {lie} {best}, {own.mean():.0%} as they are read")


def _in_turned_photos(rows: pd.DataFrame, data: Dataset) -> Nearest:
    return Nearest(rows[rows["turn"] > 1], data.boxes, most=TRIED)


def _turned(near: Nearest) -> NDArray[np.float64]:
    return geometry.turned(near.found)[SIDES].to_numpy(float)


def _readings(near: Nearest) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Read the boxes in other orders, and as those of pictures of other sizes."""
    size = near.found[["wide", "high"] * 2].to_numpy(float)
    scales = {"": 1.0, " of a picture half as large": 2.0, " of a picture twice as large": 0.5}
    scales |= {f" {words}": size / side for side, words in SQUARES.items()}
    longer = size.max(axis=1, keepdims=True)
    scales |= {f" of a picture of at most {side}": longer / side for side in [*SQUARES][2:]}
    for order, matrix in LAYOUTS.items():
        for scale, factor in scales.items():
            yield f"{order}{scale}", near.sides @ matrix * factor


def _beside(data: Dataset, by: int) -> dict[str, str]:
    """Name for each image the one before or after it, by its number if the source numbers them."""
    ids, number = data.frame["id"], data.items.frame.get("image_id", pd.Series(dtype=object))
    number = pd.to_numeric(number, errors="coerce")
    order = ids.iloc[np.argsort(number)] if len(number) and number.notna().all() else ids
    return dict(zip(order, order.shift(by), strict=True))


def of_boxes(test: pd.DataFrame, data: Dataset) -> list[str]:
    """Say whether boxes fit other images as well as their own, equal the truth, or swap classes."""
    truth, doubts = boxes_of(data, "test"), list[str]()
    own = Nearest(test, truth)
    (overlap, label), ids = own.on(), own.found["id"].unique()
    hit = overlap >= HIT
    elsewhere = Nearest(test, truth, dict(zip(ids, np.roll(ids, 1), strict=True))).hit()
    if len(ids) >= ENOUGH and hit.sum() <= elsewhere.sum():
        doubts.append(
            f"Its boxes lie on objects of other images as often ({elsewhere.mean():.0%}) as on "
            f"those of their own ({hit.mean():.0%}): are its ids those of this image set?"
        )
    codes = pd.Index(data.classes).get_indexer
    said, meant = codes(own.found["label"][hit]), codes(label[hit])
    enough = len(said) >= ENOUGH and len(data.classes) > 1
    if enough and (found := renaming(said, meant, data.classes)):
        right = f"{(said == meant).mean():.0%} of its boxes on objects have their class"
        doubts.append(f"{right}, but {found[1]:.0%} with the classes renamed ({found[0]}).")
    if len(overlap) >= ENOUGH and (overlap > 1 - 1e-6).all():
        doubts.append(f"All {len(overlap)} boxes equal true ones: the file may hold the truth.")
    return doubts


def oddities(test: pd.DataFrame, data: Dataset) -> list[str]:
    """Say what is odd about boxes: outside, twice, scores that order nothing, empty images."""
    told, true, many = [], boxes_of(data, "test"), counted(len(test), "box", "boxes")
    if twice := int(test.duplicated(["id", "label", *SIDES]).sum()):
        told.append(f"{twice:,} boxes are in the file twice: the second of each counts as false.")
    if outside := int((geometry.empty(geometry.cut(test)) & (test["wide"] > 0)).sum()):
        told.append(f"{outside:,} of {many} lie outside of their image, and are false.")
    within = int((test[SIDES].max(axis=1) <= FIRST).sum())
    if within >= max(2, SMALL * len(test)):
        told.append(f"{within:,} of {many} end within {FIRST} pixels: are they fractions?")
    photos = _in_turned_photos(test, data)
    own, fit = photos.hit(), photos.hit(_turned(photos))
    if fit.sum() > own.sum() or (fit & ~own).sum() >= max(SOME, SURE * len(own)):
        lie = f"{own.sum():,} of {counted(len(own), 'box', 'boxes')} in photos turned by EXIF"
        also = f"{(fit & ~own).sum():,} others if they are turned with their photo"
        told.append(f"{lie} lie on an object, {also}.")
    if len(test) > 1 and test["score"].nunique() == 1:
        told.append("All scores are equal: average precision depends on how ties are counted.")
    ids = true["id"][~true["ignored"]].unique()
    if 2 * (empty := int((~pd.Index(ids).isin(test["id"])).sum())) > len(ids):
        told.append(f"{empty:,} of {len(ids):,} test images with objects have no box in the file.")
    return told


def of_threshold(rows: pd.DataFrame) -> list[str]:
    """Say whether the best scores of validation images are of another scale than the test's."""
    from scipy.stats import ks_2samp

    best = rows.groupby(["split", "id"])["score"].max()
    theirs, ours = (best[best.index.get_level_values(0) == name] for name in SPLITS)
    if min(len(theirs), len(ours)) < ENOUGH:
        return []
    found = ks_2samp(theirs, ours)
    if found.statistic < APART or found.pvalue > RARELY:
        return []
    middle = f"{theirs.median():.2g} in validation images and {ours.median():.2g} in test images"
    return [f"The median of an image's best score is {middle}: a threshold chosen there misfits."]
