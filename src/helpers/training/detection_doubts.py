"""What speaks against boxes found elsewhere: another layout, other images, renamed classes."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.metrics.boxes.table import overlaps
from helpers.training.prediction_doubts import ENOUGH, renaming

SIDES = ["x", "y", "width", "height"]
LOOKED_AT = 20_000  # boxes, the ones with the highest scores
HIT = 0.5  # overlap from which on a box lies on an object
FAR, SURE = 3, 0.2  # a layout is another if so many times as many boxes fit, and so many of all
OTHER_LAYOUTS = {  # how the four numbers become x, y, width and height: matrices
    "the corners x1, y1, x2, y2": [[1, 0, -1, 0], [0, 1, 0, -1], [0, 0, 1, 0], [0, 0, 0, 1]],
    "the centre, width and height": [[1, 0, 0, 0], [0, 1, 0, 0], [-0.5, 0, 1, 0], [0, -0.5, 0, 1]],
    "y, x, height and width": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
    "the corners y1, x1, y2, x2": [[0, 1, 0, -1], [1, 0, -1, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
}


class Nearest:
    """The best boxes found in test images with objects, and the true box that each overlaps most.

    ``overlap`` and the true ``label`` are arrays [B]; ``shift`` compares with the truth of another
    image, ``layout`` reads the four numbers in another way.
    """

    def __init__(self, rows: pd.DataFrame, data: Dataset, shift: int = 0, layout: Any = None):
        true = dict(iter(truth(data).groupby("id")))
        best = rows[rows["id"].isin(true)].nlargest(LOOKED_AT, "score")
        found, labels, shares = dict(iter(best.groupby("id"))), [best["label"][:0]], [np.zeros(0)]
        other = dict(zip(found, np.roll(np.array(list(found), object), shift), strict=True))
        for name, own in found.items():
            there, count = true[other[name]], len(own)
            sides = own[SIDES].to_numpy(float) @ (np.eye(4) if layout is None else layout)
            one, two = np.repeat(sides, len(there), 0), np.tile(there[SIDES], (count, 1))
            each = overlaps(one, two, np.zeros(len(one), bool)).reshape(count, -1)
            shares.append(each.max(axis=1))
            labels.append(there["label"].iloc[each.argmax(axis=1)])
        self.images, self.said = (
            len(found),
            pd.concat([best["label"][:0], *(x["label"] for x in found.values())]),
        )
        self.overlap, self.label = np.concatenate(shares), pd.concat(labels)

    @property
    def hit(self) -> NDArray[np.bool_]:
        """Tell which boxes lie on an object."""
        return self.overlap >= HIT


def check_layout(rows: pd.DataFrame, data: Dataset, where: str) -> None:
    """Raise a UserError if far more boxes lie on true objects when they are read in another way."""
    own = Nearest(rows, data).hit
    for layout, matrix in OTHER_LAYOUTS.items():
        other = Nearest(rows, data, layout=matrix).hit
        if other.sum() >= max(ENOUGH, FAR * own.sum(), SURE * len(other)):
            lie = f"{other.mean():.0%} of the boxes lie on an object if they are {layout}"
            raise UserError(f"{where}: {lie}, {own.mean():.0%} if they are x, y, width and height")


def of_boxes(test: pd.DataFrame, data: Dataset) -> list[str]:
    """Say whether boxes fit other images as well as their own, equal the truth, or swap classes."""
    own, doubts = Nearest(test, data), []
    elsewhere = Nearest(test, data, shift=1).hit
    if own.images >= ENOUGH and own.hit.sum() <= elsewhere.sum():
        doubts.append(
            f"Its boxes lie on objects of other images as often ({elsewhere.mean():.0%}) as on "
            f"those of their own ({own.hit.mean():.0%}): are its ids those of this image set?"
        )
    codes = pd.Index(data.classes).get_indexer
    said, meant = codes(own.said[own.hit]), codes(own.label[own.hit])
    enough = len(said) >= ENOUGH and len(data.classes) > 1
    if enough and (found := renaming(said, meant, data.classes)):
        right = f"{(said == meant).mean():.0%} of its boxes on objects have their class"
        doubts.append(f"{right}, but {found[1]:.0%} with the classes renamed ({found[0]}).")
    if len(own.overlap) >= ENOUGH and (own.overlap > 1 - 1e-6).all():
        doubts.append(f"All {len(own.overlap)} boxes equal true ones: the file may hold the truth.")
    return doubts


def oddities(test: pd.DataFrame, data: Dataset) -> list[str]:
    """Say what is odd about boxes: the same one twice, scores that order nothing, empty images."""
    told, true = [], truth(data)
    if twice := int(test.duplicated(["id", "label", *SIDES]).sum()):
        told.append(f"{twice:,} boxes are in the file twice: the second of each counts as false.")
    if len(test) > 1 and test["score"].nunique() == 1:
        told.append("All scores are equal: average precision depends on how ties are counted.")
    ids = true["id"][~true["ignored"]].unique()
    if 2 * (empty := int((~pd.Index(ids).isin(test["id"])).sum())) > len(ids):
        told.append(f"{empty:,} of {len(ids):,} test images with objects have no box in the file.")
    return told


def truth(data: Dataset) -> pd.DataFrame:
    """Return the true boxes of the test split."""
    return data.boxes[data.boxes["id"].isin(data.frame["id"][data.frame["split"] == "test"])]
