"""Names of columns in the Parquet files that rooms exchange."""

from collections.abc import Iterable

SPLITS = ("id", "split", "label")  # columns of every splits.parquet
PREDICTIONS = (*SPLITS, "prediction")  # of predictions.parquet, beside a score of each class
# columns of conditions.parquet: utterances transcribed again with noise
CONDITIONS = ("id", "condition", "kind", "strength", "reference", "hypothesis")
BOXES = ("id", "label", "x", "y", "width", "height")  # of boxes.parquet, beside ``ignored``
# of predictions.parquet where boxes are predicted: pixels from the top left corner of an image
DETECTIONS = ("id", "split", "label", "score", "x", "y", "width", "height")
_SCORE = "score:"


def scores(classes: Iterable[str]) -> list[str]:
    """Name the columns of the scores of some classes."""
    return [_SCORE + name for name in classes]


def scored_classes(columns: Iterable[object]) -> list[str]:
    """Name the classes that have a score column, in the order of the columns."""
    names = map(str, columns)
    return [name.removeprefix(_SCORE) for name in names if name.startswith(_SCORE)]
