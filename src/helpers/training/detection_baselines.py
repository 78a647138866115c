"""Detectors that learn nothing, or only how large objects are: what a network has to beat."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import ndimage

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.models.detection.detector import Detections
from helpers.training.detection_results import DetectionRequest, DetectorResult
from helpers.training.labelled_splits import positions

MOST = 100  # boxes in an image
INK = 3  # pixels of the smallest height of a letter


def mean_boxes(request: DetectionRequest) -> DetectorResult:
    """Say of every image where boxes are on average: as many of each class as in a mean image.

    The true boxes of the train split, as shares of their images, are divided into that number of
    clusters by k-means; each mean is a box, and its score is how many the cluster has an image.
    """
    from sklearn.cluster import KMeans

    data, (boxes, images) = request.dataset, _learned(request)
    means, scores, codes = [], [], []
    for code, name in enumerate(data.classes):
        own = boxes.loc[boxes["label"] == name, ["x", "y", "width", "height"]].to_numpy(float)
        count = min(MOST, max(1, round(len(own) / images)), len(np.unique(own, axis=0)))
        if count:
            fitted = KMeans(count, n_init=1, random_state=0).fit(own)
            means.append(fitted.cluster_centers_)
            scores.append(np.bincount(fitted.labels_, minlength=count) / images)
            codes.append(np.full(count, code))
    every, each = np.concatenate(means), np.minimum(np.concatenate(scores), 1.0)
    order = np.argsort(-each, kind="stable")[:MOST]
    every, each, classes = every[order], each[order], np.concatenate(codes)[order]

    def one(image: np.ndarray) -> Detections:
        return Detections(every * np.array([image.shape[1], image.shape[0]] * 2), each, classes)

    return _result(one, {"always says": f"the {len(every)} mean boxes of the train split"})


def connected_components(request: DetectionRequest) -> DetectorResult:
    """Find lines of text: ink by Otsu's threshold, and letters less apart than they are high."""
    code = _commonest(request.dataset)

    def one(image: np.ndarray) -> Detections:
        grey = image.mean(axis=2)
        ink = grey <= _otsu(grey)
        ink = ~ink if ink.mean() > 0.5 else ink  # light on dark
        letters = [each[0].stop - each[0].start for each in ndimage.find_objects(_parts(ink))]
        high = int(np.median([each for each in letters if each >= INK] or [INK]))
        joined = ndimage.maximum_filter1d(ink.astype(np.uint8), high + 1, axis=1, mode="constant")
        joined = ndimage.minimum_filter1d(joined, high + 1, axis=1)
        joined = ndimage.maximum_filter1d(joined, 2 * (high // 4) + 1, axis=0)  # dots of an i
        lines = ndimage.find_objects(_parts(joined) * ink)
        boxes = np.array(
            [[x.start, y.start, x.stop - x.start, y.stop - y.start] for y, x in filter(None, lines)]
        ).reshape(-1, 4)
        boxes = boxes[boxes[:, 3] >= INK]
        usual = np.median(boxes[:, 3]) if len(boxes) else 1.0
        return _best(boxes, np.exp(-np.abs(np.log(boxes[:, 3] / usual))), code, image)

    return _result(one, {"reads": "grey levels: dark ink on a light page, or the reverse"})


def local_maxima(request: DetectionRequest) -> DetectorResult:
    """Find crowns: places greener than all around them, each with the mean box of the train split.

    Greenness is twice green less red and blue, smoothed over a quarter of a box; a place must lie
    above Otsu's threshold of its image, and the score is its greenness.
    """
    boxes, _ = _learned(request, pixels=True)
    code, (width, height) = _commonest(request.dataset), boxes[["width", "height"]].mean()

    def one(image: np.ndarray) -> Detections:
        red, green, blue = np.moveaxis(image.astype(float), 2, 0)
        smooth = ndimage.gaussian_filter(2 * green - red - blue, (height / 4, width / 4))
        around = (int(height / 2) * 2 + 1, int(width / 2) * 2 + 1)
        peak = smooth == ndimage.maximum_filter(smooth, around)
        rows, columns = np.nonzero(peak & (smooth > _otsu(smooth)))
        size = np.broadcast_to([width, height], (len(rows), 2))
        places = np.stack([columns, rows], axis=1) + 0.5 - size / 2
        scores = 0.5 + smooth[rows, columns] / 1020
        return _best(np.concatenate([places, size], axis=1), scores, code, image)

    return _result(one, {"reads": f"greenness; a box is {width:.0f} x {height:.0f} pixels"})


def _result(one: Callable[[np.ndarray], Detections], facts: dict[str, str]) -> DetectorResult:
    def find(data: Dataset, rows: np.ndarray, what: str) -> list[Detections]:
        return [one(data.example(int(row))) for row in progress.track(rows, what, len(rows))]

    return DetectorResult(value=np.nan, find=find, backbone=facts, cores=1)


def _learned(request: DetectionRequest, pixels: bool = False) -> tuple[pd.DataFrame, int]:
    """Return the boxes of the train split, as shares of their images or in pixels, and its size."""
    data, rows = request.dataset, positions(request.dataset, "train")
    ids = data.frame["id"].iloc[rows]
    boxes = data.boxes[data.boxes["id"].isin(ids) & ~data.boxes["ignored"]]
    if not len(boxes):
        cure = "set data.split.test below 1"
        raise UserError(f"{data.study}: {request.model} needs a train split with boxes: {cure}")
    if not pixels:
        every = progress.track(zip(ids, rows, strict=True), "sizes of images", len(rows))
        shapes = {name: data.example(int(row)).shape for name, row in every}
        for side, names in ((1, ["x", "width"]), (0, ["y", "height"])):
            sizes = boxes["id"].map({name: shape[side] for name, shape in shapes.items()})
            boxes = boxes.assign(**{name: boxes[name] / sizes for name in names})
    return boxes, len(rows)


def _commonest(data: Dataset) -> int:
    """Return the class with the most boxes, of which all boxes are said to be."""
    train = data.frame["id"][data.frame["split"] == "train"]
    labels = data.boxes["label"][data.boxes["id"].isin(train)]
    counts = labels.value_counts().reindex(list(data.classes), fill_value=0)
    return int(counts.to_numpy().argmax())


def _best(boxes: np.ndarray, scores: np.ndarray, code: int, image: np.ndarray) -> Detections:
    """Keep the boxes of the highest scores, and what of them lies in the image."""
    order, limits = np.argsort(-scores, kind="stable")[:MOST], [image.shape[1], image.shape[0]]
    start = np.clip(boxes[order, :2], 0, limits)
    end = np.clip(boxes[order, :2] + boxes[order, 2:], 0, limits)
    found = np.concatenate([start, end - start], axis=1)
    return Detections(found, scores[order], np.full(len(order), code))


def _parts(mask: np.ndarray) -> np.ndarray:
    """Give each connected part of a mask a number; parts may touch at corners."""
    parts: np.ndarray = ndimage.label(mask, np.ones((3, 3)))[0]
    return parts


def _otsu(values: np.ndarray) -> float:
    """Return the threshold that divides values into the two groups that are furthest apart."""
    counts, edges = np.histogram(values, 256)
    middles, below = (edges[:-1] + edges[1:]) / 2, np.cumsum(counts)
    total, sums = below[-1], np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / total - sums) ** 2 / (below * (total - below))
    return float(edges[1:][np.nan_to_num(between, posinf=0).argmax()])
