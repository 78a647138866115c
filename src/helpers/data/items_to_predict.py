"""A study's items as a table for models elsewhere: with the split, without the test's answers."""

import pandas as pd

from helpers.core import files, paths
from helpers.data import tasks
from helpers.data.dataset import Dataset


def write(data: Dataset) -> str:
    """Write build/<study>/items.csv; say in words what is in it and what to bring back."""
    task, frame = tasks.get(data.task), data.frame
    table = frame[["id", "split"]].copy()
    if data.items.modality.ONE == "text":
        table["text"] = [data.example(row) for row in range(len(frame))]
    else:
        table["path"] = f"{data.items.root}/" + frame["path"].astype(str)
    if "language" in frame:
        table["language"] = frame["language"]
    file = paths.build(data.study) / "items.csv"
    if data.items.boxes is not None:
        files.write_text(file, table.to_csv(index=False))
        return _with_boxes(data, data.items.boxes)
    table[task.caption] = frame[task.caption].where(frame["split"] != "test")
    files.write_text(file, table.to_csv(index=False))
    asked = "prediction, and score:<class> for each class if there are probabilities"
    return (
        f"{paths.shown(file)}: {', '.join(table)} of {(frame['split'] == 'test').sum():,} test and "
        f"{(frame['split'] != 'test').sum():,} other items; {task.caption} is empty for the test.\n"
        f"Train on no test item. Return a table (CSV, JSON Lines, parquet) with id, split and "
        f"{asked if task.has_classes else 'hypothesis'}, a row for each test item, and name it in "
        f"params/{data.study}.yaml: - predictions: file.csv"
    )


def _with_boxes(data: Dataset, boxes: pd.DataFrame) -> str:
    """Write boxes.csv, without those of test images; say what to bring back."""
    folder, tested = paths.build(data.study), data.frame["split"] == "test"
    known = boxes[~boxes["id"].isin(data.frame["id"][tested])]
    files.write_text(folder / "boxes.csv", known.to_csv(index=False))
    return (
        f"{paths.shown(folder)}/items.csv: {tested.sum():,} test and {(~tested).sum():,} other "
        f"images; boxes.csv: the {len(known):,} boxes of the others, in pixels of the upright "
        "image from its left upper corner.\nTrain on no test image. Return COCO's results.json, or "
        "a table (CSV, JSON Lines, parquet) with id, label, score from 0 to 1, x, y, width and "
        f"height, a row for each box found, and name it in params/{data.study}.yaml: "
        "- predictions: file.csv"
    )
