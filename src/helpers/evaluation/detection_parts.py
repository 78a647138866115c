"""The parts of a detector's evaluation: classes, curves, scores, slices, corrupted images."""

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import eye_array

from helpers.evaluation.detected_boxes import DetectedBoxes, tabulate
from helpers.evaluation.robustness import FIELDS
from helpers.evaluation.slices import MANY_VALUES
from helpers.metrics import detection as metrics
from helpers.metrics.boxes.table import FALSE, IGNORED, TRUE
from helpers.metrics.calibration import BINS, IN_A_BIN, LEAST, Calibration, reliability
from helpers.metrics.calibration import calibration as calibrate
from helpers.metrics.detection import Matches
from helpers.metrics.slices import Slices, Sums, divide
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate, undefined

OWN = "objects_in_the_image", "size_of_its_objects"  # columns that every evaluation slices by
SURE = 0.1  # score of a box that is held against being right: most are far below, and false
_CROWDS = [-1, 0, 1, 4, 9, np.inf]
_CROWD_NAMES = ["none", "1", "2 to 4", "5 to 9", "10 and more"]
_SIZES = [-1, 32, 96, np.inf]  # COCO's, of a square's side
_SIZE_NAMES = ["up to 32 pixels", "32 to 96 pixels", "over 96 pixels"]


def described(data: DetectedBoxes) -> pd.DataFrame:
    """Add to the images how many objects are in them and how large these are in the middle."""
    counted = data.truth[~data.truth["ignored"]]
    side = np.sqrt(counted["width"] * counted["height"]).groupby(counted["id"]).median()
    many = data.images["id"].map(counted["id"].value_counts()).fillna(0)
    crowds = many.astype(int)  # of many different numbers, quartiles are made
    if many.nunique() <= MANY_VALUES:
        crowds = pd.cut(many, _CROWDS, labels=_CROWD_NAMES).astype(object)
    sizes = pd.cut(data.images["id"].map(side), _SIZES, labels=_SIZE_NAMES).astype(object)
    return data.images.assign(**dict(zip(OWN, (crowds, sizes), strict=True)))


def slicing(
    matches: Matches,
    metric: str,
    threshold: float | None,
    images: pd.DataFrame,
    resampling: Resampling,
) -> Callable[[NDArray], Slices]:
    """Return what estimates a metric in each slice of the images, and compares the slices.

    Chance exchanges images of one label: slices are compared as if they had the same classes. It
    says nothing where each slice is a group, which differ as much in any order.
    """
    table = matches.table
    objects = np.bincount(table.truth_image[~table.truth_ignored], minlength=table.images)

    def estimate(part: NDArray) -> Estimate:
        own = metrics.match(table.part(part))
        found = metrics.estimates(own, resampling.part(part), threshold)[metric]
        return found if objects[part].any() else undefined("there is no object in these images")

    def value(weights: NDArray) -> NDArray:
        return metrics.values(matches, [metric], weights, threshold)[metric]

    labels = pd.factorize(images["label"])[0]
    sums = Sums(eye_array(table.images), objects.astype(float), value, labels)

    def compare(names: NDArray) -> Slices:
        found, groups = divide(names, estimate, sums, resampling), resampling.groups
        if groups is None or len(set(zip(names, groups, strict=True))) > len(found.names):
            return found
        return replace(found, usual_gap=np.nan, p=np.nan)

    return compare


def curves(matches: Matches) -> list[pd.DataFrame]:
    """Return precision and recall by falling score, of all classes and of each with objects.

    The first has the score and false boxes an image as well.
    """
    kind, objects = matches.kind[0, 0], matches.table.truth_class[matches.counted[0]]
    whole = [pd.DataFrame(metrics.precision_recall(matches))]
    for label, count in zip(*np.unique(objects, return_counts=True), strict=True):
        right, false = (np.cumsum(kind[matches.label == label] == each) for each in (TRUE, FALSE))
        precision = right / np.maximum(right + false, 1)
        whole.append(pd.DataFrame({"precision": precision, "recall": right / count}))
    return whole


def false_positives(matches: Matches, resampling: Resampling) -> pd.DataFrame:
    """Tabulate the false boxes an image where 80 and 90 % of the objects are found."""
    found = metrics.froc(matches, resampling).items()
    return pd.DataFrame([{"recall": recall} | asdict(rate) for recall, rate in found])


def calibration(
    matches: Matches, resampling: Resampling
) -> tuple[Calibration | None, pd.DataFrame]:
    """Compare scores with the share of boxes that are right; those of an image are tied."""
    counted = (matches.kind[0, 0] != IGNORED) & (matches.score >= SURE)
    score, right = matches.score[counted], matches.kind[0, 0][counted] == TRUE
    if len(score) < LEAST:
        return None, pd.DataFrame()
    groups = resampling.groups if resampling.groups is not None else np.arange(matches.table.images)
    tied = replace(resampling, groups=groups[matches.image[counted]])
    bins = min(len(score) // IN_A_BIN, BINS)
    return calibrate(score, right, tied), pd.DataFrame(reliability(score, right, tied, bins))


def by_corruption(
    data: DetectedBoxes, primary: str, threshold: float | None, resampling: Resampling
) -> pd.DataFrame:
    """Score corrupted images at each severity, after the same ones uncorrupted (severity 0).

    ``changed`` counts the images in which another number of objects of a class is found.
    """
    if not len(data.conditions):
        return pd.DataFrame(columns=FIELDS)
    places = pd.Index(data.images["id"]).get_indexer(data.conditions["id"].unique())
    images = data.images.iloc[places]
    clean, changed = (part for _, part in data.conditions.groupby(data.conditions["noise"] != ""))
    rows = []

    def score(boxes: pd.DataFrame) -> dict[str, object]:
        found = boxes[(boxes["width"] > 0) & (boxes["height"] > 0)]  # without a box: one of no size
        truth = data.truth[data.truth["id"].isin(images["id"])]
        matches = metrics.match(tabulate(images, truth, found, data.classes))
        part = resampling.part(places)
        return asdict(metrics.estimates(matches, part, threshold)[primary])

    def classes(boxes: pd.DataFrame) -> pd.DataFrame:
        sure = boxes[boxes["score"] >= (threshold or 0)]
        counts = pd.crosstab(sure["id"], sure["label"])
        return counts.reindex(index=images["id"], columns=data.classes, fill_value=0)

    for noise, corrupted in changed.groupby("noise", sort=False):
        for severity, boxes in [(0.0, clean), *corrupted.groupby("severity")]:
            others = int((classes(boxes) != classes(clean)).any(axis=1).sum())
            row = {"noise": noise, "severity": severity, "n": len(images), "changed": others}
            rows.append({**row, "metric": primary, **score(boxes)})
    return pd.DataFrame(rows, columns=FIELDS)
