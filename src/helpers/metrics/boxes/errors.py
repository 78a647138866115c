"""What kinds of errors a detector makes: TIDE's, a confusion matrix with background, and boxes."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.boxes.table import IGNORED, IOUS, DetectionTable, match, overlaps, pairs

NEAR = 0.1  # IoU from which a box is badly placed rather than on the background


def _evaluator(table: DetectionTable) -> Any:
    """Hand truth and predictions to hotcoco."""
    from hotcoco import COCO, COCOeval

    images = [{"id": number + 1, "width": 1, "height": 1} for number in range(table.images)]
    classes = [{"id": number + 1, "name": str(number)} for number in range(table.classes)]
    truth = COCO.from_arrays(
        images,
        classes,
        table.truth_image + 1,
        table.truth_class + 1,
        table.truth_box,
        iscrowd=table.truth_ignored.astype(int),
    )
    columns = table.found_image + 1, table.found_box, table.score, table.found_class + 1
    return COCOeval(truth, truth.load_res(np.column_stack(columns)), "bbox")


def tide(table: DetectionTable) -> dict[str, float]:
    """Say how much AP at IoU .5 each kind of error costs (TIDE; Bolya et al., 2020).

    Kinds are ``class``, ``location``, ``both``, ``duplicate``, ``background`` and ``missed``.
    """
    evaluator = _evaluator(table)
    evaluator.evaluate()
    found = evaluator.tide_errors()["delta_ap"]
    names = {"Cls": "class", "Loc": "location", "Both": "both", "Dupe": "duplicate"}
    names |= {"Bkg": "background", "Miss": "missed"}
    return {name: float(found[key]) for key, name in names.items()}


def confusion(table: DetectionTable, threshold: float) -> NDArray[np.int64]:
    """Count true by found classes at IoU .5, the last of both the background: [K+1, K+1]."""
    found = _evaluator(table).confusion_matrix(iou_thr=0.5, min_score=threshold)
    return np.asarray(found["matrix"]).astype(np.int64)


def outcomes(table: DetectionTable, threshold: float) -> pd.DataFrame:
    """Say what became of each box with this score or more, and which objects are missed.

    A box is ``right``; found ``twice``; ``confused``, as well on an object of another class; or
    ``badly placed``, with an IoU of .1 to .5; else it is ``background``. Boxes on ignored objects
    are left out. ``row`` is a position among the found boxes, for ``missed`` among the true ones;
    ``other`` that of the nearest one of the other kind, and ``iou`` their overlap; -1 without.
    """
    matches = match(table)
    sure = matches.score >= threshold
    rows, own, kind = matches.row[sure], matches.truth[sure], matches.kind[0, 0, sure]
    order = np.argsort(table.found_image[rows], kind="stable")
    rows, own, kind = rows[order], own[order], kind[order]
    found = [
        np.full(len(rows), -1),
        np.zeros(len(rows)),
        np.full(len(rows), -1),
        np.zeros(len(rows)),
    ]
    near, there = np.full(len(table.truth_image), -1), np.zeros(len(table.truth_image))
    for d, g, iou in pairs(table, rows, table.found_image[rows], table.truth_image, NEAR):
        same = table.found_class[rows[d]] == table.truth_class[g]
        for k, of_kind in enumerate((same, ~same)):
            _nearest(d[of_kind], g[of_kind], iou[of_kind], found[2 * k], found[2 * k + 1])
        _nearest(g, d, iou, near, there)
    at, iou, wrong_at, wrong_iou = found
    box = pd.DataFrame({"row": rows, "image": table.found_image[rows], "score": table.score[rows]})
    confused = (iou < IOUS[0]) & (wrong_iou >= IOUS[0])
    box["iou"] = np.select([own >= 0, confused], [_own_iou(table, rows, own), wrong_iou], iou)
    box["other"] = np.select([own >= 0, confused], [own, wrong_at], at)
    cases = [own >= 0, iou >= IOUS[0], confused, iou >= NEAR]
    box["kind"] = np.select(cases, ["right", "twice", "confused", "badly placed"], "background")
    missed = np.flatnonzero(matches.counted[0] & ~np.isin(np.arange(len(near)), own))
    lost = pd.DataFrame({"row": missed, "image": table.truth_image[missed], "score": np.nan})
    lost["iou"], lost["kind"] = there[missed], "missed"
    lost["other"] = np.where(near[missed] >= 0, np.append(rows, -1)[near[missed]], -1)
    return pd.concat([box[kind != IGNORED], lost], ignore_index=True)


def _own_iou(table: DetectionTable, rows: NDArray, own: NDArray) -> NDArray[np.float64]:
    found, ignored = table.found_box[rows], np.zeros(len(rows), bool)
    true = table.truth_box[own] if len(table.truth_box) else 0 * found
    return overlaps(found, true, ignored)


def _nearest(of: NDArray, to: NDArray, iou: NDArray, near: NDArray, best: NDArray) -> None:
    """Note for each of some boxes with which other one it overlaps most."""
    order = np.argsort(iou, kind="stable")
    near[of[order]], best[of[order]] = to[order], iou[order]
