"""Detectors that learn nothing, or only how large objects are: what a network has to beat."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import ndimage

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.data.detection.boxes import SIDES
from helpers.models.detection.detector import Detections, Detector
from helpers.models.detection.post_processing import Placement, found
from helpers.models.kinds import ModelSpec
from helpers.training.detection_results import DetectionRequest, DetectorResult, boxes_of
from helpers.training.labelled_splits import positions

LIMITS = ModelSpec("", score=0.0, boxes=100)  # what a baseline says of an image
INK = 3  # pixels of the smallest height of a letter
TOUCHING = np.ones((3, 3))  # pixels that belong together, at corners too
GAP = 2  # usual heights of letters, most of them without ascent, between words of a line at most


def mean_boxes(request: DetectionRequest) -> DetectorResult:
    """Say of every image where boxes are on average: as many of each class as in a mean image.

    The true boxes of the train split, as shares of their images, are divided into that number of
    clusters by k-means; each mean is a box, and its score is how many the cluster has an image.
    """
    from sklearn.cluster import KMeans

    data, boxes, rows = request.dataset, _learned(request), positions(request.dataset, "train")
    ids = data.frame["id"].iloc[rows]
    every = progress.track(zip(ids, rows, strict=True), "sizes of images", len(rows))
    sizes = {name: data.example(int(row)).shape[1::-1] * 2 for name, row in every}
    sides = boxes[SIDES].to_numpy(float) / np.array([sizes[name] for name in boxes["id"]])
    means, scores, codes = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    for code, name in enumerate(data.classes):
        own = sides[boxes["label"] == name]
        count = min(max(1, round(len(own) / len(rows))), len(np.unique(own, axis=0)))
        if count:
            fitted = KMeans(count, n_init=1, random_state=0).fit(own)
            means.append(fitted.cluster_centers_)
            scores.append(np.bincount(fitted.labels_, minlength=count) / len(rows))
            codes.append(np.full(count, code))
    places, score, codes_of = map(np.concatenate, (means, scores, codes))

    def corners(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        boxes = places * (image.shape[1::-1] * 2)
        return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]), score, codes_of

    return _result(request, corners, f"nothing: it says the {len(places)} mean boxes of train")


def connected_components(request: DetectionRequest) -> DetectorResult:
    """Find lines of text: ink by Otsu's threshold, joined over gaps up to twice a letter's height.

    Ordinary gaps between words are as wide as one, those between columns several times as wide.
    """

    def corners(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grey = image.mean(axis=2)
        ink = grey <= _otsu(grey)
        ink = ~ink if ink.mean() > 0.5 else ink  # light on dark
        parts, _ = ndimage.label(ink, TOUCHING)
        letters = [each[0].stop - each[0].start for each in ndimage.find_objects(parts)]
        high = int(np.median([each for each in letters if each >= INK] or [INK]))
        gap = GAP * high + 1
        joined = ndimage.maximum_filter1d(ink.astype(np.uint8), gap, axis=1, mode="constant")
        joined = ndimage.minimum_filter1d(joined, gap, axis=1)
        joined = ndimage.maximum_filter1d(joined, 2 * (high // 4) + 1, axis=0)  # dots of an i
        parts, _ = ndimage.label(joined, TOUCHING)
        lines = filter(None, ndimage.find_objects(parts * ink))
        sides = [(x.start, y.start, x.stop, y.stop) for y, x in lines if y.stop - y.start >= INK]
        found = np.array(sides, float).reshape(-1, 4)
        heights = found[:, 3] - found[:, 1]
        usual = np.median(heights) if len(heights) else 1.0
        return found, np.exp(-np.abs(np.log(heights / usual)))

    return _result(request, corners, "grey levels: dark ink on a light page, or the reverse")


def local_maxima(request: DetectionRequest) -> DetectorResult:
    """Find crowns: places greener than all around them, each with the mean box of the train split.

    Greenness is twice green less red and blue, smoothed over a quarter of a box; a place must lie
    above Otsu's threshold of its image, and the score is its greenness.
    """
    width, height = size = _learned(request)[SIDES[2:]].to_numpy(float).mean(axis=0)

    def corners(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        red, green, blue = np.moveaxis(image.astype(float), 2, 0)
        smooth = ndimage.gaussian_filter(2 * green - red - blue, (height / 4, width / 4))
        around = (int(height / 2) * 2 + 1, int(width / 2) * 2 + 1)
        peak = smooth == ndimage.maximum_filter(smooth, around)
        rows, columns = np.nonzero(peak & (smooth > _otsu(smooth)))
        places = np.stack([columns, rows], axis=1) + 0.5
        return np.hstack([places - size / 2, places + size / 2]), 0.5 + smooth[rows, columns] / 1020

    return _result(request, corners, f"greenness; a box is {width:.0f} x {height:.0f} pixels")


def _result(
    request: DetectionRequest, corners: Callable[[np.ndarray], tuple[np.ndarray, ...]], reads: str
) -> DetectorResult:
    """Make a detector of corners [N, 4], scores [N] and maybe classes, else the commonest one."""
    data = request.dataset
    counts = boxes_of(data, "train")["label"].value_counts()
    commonest = counts.reindex(list(data.classes), fill_value=0).to_numpy().argmax()

    def detect(image: np.ndarray) -> Detections:
        where, scores, *classes = corners(image)
        codes = classes[0] if classes else np.full(len(scores), commonest)
        place = Placement(image.shape[0], image.shape[1], (1.0, 1.0))
        return found(where, np.minimum(scores, 1.0), place, LIMITS, codes)

    detector = Detector(request.model, data.classes, detect, "none", parameters=0, cores=1)
    return DetectorResult(value=np.nan, detector=detector, backbone={"reads": reads})


def _learned(request: DetectionRequest) -> pd.DataFrame:
    """Return the boxes of the train split that are to be found."""
    boxes = boxes_of(request.dataset, "train")
    boxes = boxes[~boxes["ignored"]]
    if not len(boxes):
        needs = f"{request.model} needs a train split with boxes: set data.split.test below 1"
        raise UserError(f"{request.dataset.study}: {needs}")
    return boxes


def _otsu(values: np.ndarray) -> float:
    """Return the threshold that divides values into the two groups that are furthest apart."""
    counts, edges = np.histogram(values, 256)
    middles, below = (edges[:-1] + edges[1:]) / 2, np.cumsum(counts)
    total, sums = below[-1], np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / total - sums) ** 2 / (below * (total - below))
    return float(edges[1:][np.nan_to_num(between, posinf=0).argmax()])
