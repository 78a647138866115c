"""Detectors that find the true boxes of a study with errors that are chosen."""

import numpy as np
import pandas as pd

from factories.records import training_record
from helpers.core import columns, files, paths
from helpers.evaluation import detection
from helpers.metrics.statistics.bootstrap import Resampling


def found_boxes(data, seed=0, missed=0.2, false=0.5, shift=0.08, confused=0.1, twice=0.1):
    """Find the boxes of test and validation images: rows of predictions.parquet.

    ``missed``, ``confused`` and ``twice`` are shares of the objects, ``false`` boxes an image, and
    ``shift`` is the usual error of a side, as a share of it.
    """
    random, frame = np.random.default_rng(seed), data.frame
    rows = []
    for id_, split in frame.loc[frame["split"] != "train", ["id", "split"]].itertuples(index=False):
        for box in data.boxes[data.boxes["id"] == id_].to_dict("records"):
            if random.random() < missed:
                continue
            label = random.choice(data.classes) if random.random() < confused else box["label"]
            for copy in range(1 + (random.random() < twice)):
                away = random.normal(0, shift, 4) * np.tile([box["width"], box["height"]], 2)
                sides = np.array([box[side] for side in ("x", "y", "width", "height")]) + away
                sides[2:] = np.maximum(sides[2:], 1)
                rows.append((id_, split, label, random.beta(8, 2 + 3 * copy), *sides))
        for _ in range(random.poisson(false)):
            sides = [*random.uniform(0, 60, 2), *random.uniform(10, 36, 2)]
            rows.append((id_, split, random.choice(data.classes), random.beta(2, 5), *sides))
    table = pd.DataFrame(rows, columns=columns.DETECTIONS)
    order = table["id"].map({id_: row for row, id_ in enumerate(frame["id"])})
    return table.iloc[np.lexsort((-table["score"], order))].reset_index(drop=True)


def detected(data, candidate="made", table=None, conditions=None, **errors):
    """Write what a made detector found, as its training would."""
    table = found_boxes(data, **errors) if table is None else table
    folder = paths.build(data.study, candidate)
    files.write_parquet(folder / "predictions.parquet", table)
    if conditions is not None:
        files.write_parquet(folder / "conditions.parquet", conditions)
    training_record(data.study, candidate, adaptation="zeroshot").write(data.study, candidate)


def evaluated(data, candidate="made", resamples=300, **arguments):
    """Evaluate what was written, and save it."""
    resampling = Resampling(resamples, 42)
    result = detection.evaluate(data.study, candidate, resampling=resampling, **arguments)
    detection.save(result)
    return result
