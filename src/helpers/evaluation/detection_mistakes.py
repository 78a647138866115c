"""The most instructive mistakes of a detector: some of each kind, from different images."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.evaluation.detected_boxes import DetectedBoxes

EACH = 3  # mistakes of a kind
KINDS = {  # what is said of each, in this order
    "background": "no {label} there",
    "missed": "missed",
    "badly placed": "badly placed",
    "twice": "found twice",
    "confused": "is",
}


def choose(data: DetectedBoxes, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Choose of each kind of mistake the boxes with the highest scores, or the largest objects.

    An object is shown as missed where no box comes near it. Returns their kind, row in
    splits.parquet, id, a caption, and the positions of the box and the true one among those of
    ``data``, -1 without.
    """
    passed_by = (outcomes["kind"] == "missed") & (outcomes["other"] >= 0)
    every = outcomes[outcomes["kind"].isin(KINDS) & ~passed_by]
    missed = every["kind"] == "missed"
    boxes = np.where(missed, every["other"], every["row"])
    every = every.assign(box=boxes, true=np.where(missed, every["row"], every["other"]))
    areas = data.table.truth_box[:, 2:].prod(axis=1)
    worth = np.where(missed, np.append(areas, 0)[every["true"]], every["score"])
    every = every.assign(worth=worth).sort_values("worth", ascending=False, kind="stable")
    first = every[~every.duplicated(["kind", "image"])].groupby("kind", sort=False).head(EACH)
    order = first["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    return _shown(data, first.iloc[np.argsort(order, kind="stable")])


def by_overlap(data: DetectedBoxes, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Choose boxes that overlap with an object of their class little, more and most."""
    near = outcomes[outcomes["kind"].isin(("right", "badly placed"))].sort_values("iou")
    near = near.assign(box=near["row"], true=near["other"], kind="right")
    places = np.unique(np.linspace(0, len(near) - 1, 3).round().astype(int))
    return _shown(data, near.iloc[places[: len(near)]])


def _shown(data: DetectedBoxes, chosen: pd.DataFrame) -> pd.DataFrame:
    places = chosen["image"].to_numpy(int)
    shown = chosen[["kind", "box", "true"]].assign(
        row=data.images.index[places],
        id=data.images["id"].to_numpy()[places],
        caption=[_caption(data, row) for row in chosen.to_dict("records")],
    )
    return shown.reset_index(drop=True)


def _caption(data: DetectedBoxes, row: dict[str, Any]) -> str:
    if row["kind"] == "right":
        return f"IoU {row['iou']:.2f}"
    what = KINDS[row["kind"]]
    true = data.truth["label"].iloc[row["true"]] if row["true"] >= 0 else ""
    if row["kind"] == "missed":
        return f"{true}: {what}"
    box = data.found.iloc[row["box"]]
    end = {"confused": f" {true}", "badly placed": f", IoU {row['iou']:.2f}"}.get(row["kind"], "")
    what = what.replace("{label}", box["label"])
    return f"{box['label']} {box['score']:.2f}: {what}{end}"
