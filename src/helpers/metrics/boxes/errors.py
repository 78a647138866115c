"""What kinds of errors a detector makes: TIDE's, a confusion matrix with background, and boxes."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.boxes.table import IGNORED, IOUS, DetectionTable, match, pairs

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
    kept = np.flatnonzero(matches.score >= threshold)
    kept = kept[np.argsort(matches.image[kept], kind="stable")]
    rows, own, kind = matches.row[kept], matches.truth[kept], matches.kind[0, 0, kept]
    parts = pairs(table, rows, table.found_image[rows], table.truth_image, NEAR)
    found, true, overlap = map(np.concatenate, zip(*parts, strict=True))
    close = pd.DataFrame({"found": found, "true": true, "iou": overlap})
    close = close.sort_values("iou", kind="stable")
    same = table.found_class[rows[close["found"]]] == table.truth_class[close["true"]]
    at, iou = _nearest(close[same], "found", "true", len(rows))
    wrong_at, wrong_iou = _nearest(close[~same], "found", "true", len(rows))
    near, there = _nearest(close, "true", "found", len(table.truth_image))
    box = pd.DataFrame({"row": rows, "image": table.found_image[rows], "score": table.score[rows]})
    confused = (iou < IOUS[0]) & (wrong_iou >= IOUS[0])
    box["iou"] = np.select([own >= 0, confused], [matches.overlap[kept], wrong_iou], iou)
    box["other"] = np.select([own >= 0, confused], [own, wrong_at], at)
    cases = [own >= 0, iou >= IOUS[0], confused, iou >= NEAR]
    box["kind"] = np.select(cases, ["right", "twice", "confused", "badly placed"], "background")
    missed = np.flatnonzero(matches.counted[0] & ~np.isin(np.arange(len(near)), own))
    lost = pd.DataFrame({"row": missed, "image": table.truth_image[missed], "score": np.nan})
    lost["iou"], lost["kind"] = there[missed], "missed"
    lost["other"] = np.where(near[missed] >= 0, np.append(rows, -1)[near[missed]], -1)
    return pd.concat([box[kind != IGNORED], lost], ignore_index=True)


def _nearest(close: pd.DataFrame, of: str, to: str, count: int) -> tuple[NDArray, NDArray]:
    """Return with which other one each box overlaps most, and how much; -1 and 0 without."""
    best = close.drop_duplicates(of, keep="last").set_index(of).reindex(range(count))
    return best[to].fillna(-1).to_numpy(int), best["iou"].fillna(0.0).to_numpy()
