"""Boxes from a file, however they were found: COCO's results.json, or a table of the contract."""

from typing import Any

import msgspec
import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import counted
from helpers.data import names as merging
from helpers.data import prediction_ids, prediction_scores
from helpers.data.dataset import Dataset
from helpers.data.detection.boxes import SIDES
from helpers.data.sources import coco
from helpers.data.sources.tabular_files import NOTES, plain, read_table
from helpers.training import detection_doubts, prediction_doubts
from helpers.training.detection_results import DetectionRequest
from helpers.training.results import ExternalResult

KEPT = 300  # boxes of an image; only the best 100 count in AP
NUMBERS = ["score", *SIDES]


_SCORES = "scores must lie between 0 and 1"


class _Box(msgspec.Struct, gc=False):
    image_id: int | float | str
    category_id: int | float | str
    bbox: tuple[float, float, float, float]
    score: float


def read_detections(request: DetectionRequest) -> ExternalResult:
    """Read the boxes of test images, and of validation images if they are there, and check them.

    A UserError of one line, with counts, names a missing column, images of another set, unknown
    classes, numbers that are none, scores or sizes that cannot be, boxes in fractions or corners.
    """
    file, data = request.model.partition(":")[2], request.dataset
    rows, notes = _rows(file, data)
    if not len(rows):
        raise UserError(f"{file}: it has no box")
    named, repeated = _images(data)
    rows["id"], told = prediction_ids.of_images(rows["id"], named, file)
    notes += told + [f"{repeated}, so those of the test"] * bool(repeated and told)
    rows = rows[rows["id"].notna()].reset_index(drop=True)
    rows["label"] = _classes(rows, data, file)
    split = rows["id"].map(data.frame.set_index("id")["split"])
    doubts = prediction_doubts.of_split(rows.drop_duplicates("id"), data)
    rows = rows.assign(split=split)[split.isin(["test", "validation"])]
    _check_numbers(rows, file)
    rows = detection_doubts.with_sizes(rows.assign(score=rows["score"].clip(upper=1)), data)
    detection_doubts.check_layout(rows, data, file)
    shares = rows.groupby("split")["id"].nunique() / data.frame["split"].value_counts()
    if 2 * shares.get("validation", 0) < shares["test"]:  # no threshold is chosen on a few images
        notes += ["few validation images, not used"] * bool(shares.get("validation", 0) > 0)
        rows = rows[rows["split"] == "test"]
    rank = rows.groupby("id")["score"].rank(ascending=False, method="first")
    if (rank > KEPT).any():
        images = counted(int((rank == KEPT + 1).sum()), "image")
        cut = f"{images} with up to {rank.max():,.0f} boxes"
        notes.append(f"{cut}: the best {KEPT} are kept, and the best 100 count")
    place = rows["id"].map({name: row for row, name in enumerate(data.frame["id"])})
    order = ["split", "place", "score"]
    rows = rows[rank <= KEPT].assign(place=place)
    rows = rows.sort_values(order, ascending=[True, True, False], kind="stable")
    test = rows[rows["split"] == "test"]
    digest, read = files.sha256(paths.root() / file), {"read with": "; ".join(notes)}
    return ExternalResult(
        value=np.nan,
        backbone={"file": file, "digest": digest, **(read if notes else {})},
        doubts=[*doubts, *detection_doubts.of_boxes(test, data)],
        warnings=detection_doubts.oddities(test, data) + detection_doubts.of_threshold(rows),
        table=rows[list(columns.DETECTIONS)].reset_index(drop=True),
    )


def _images(data: Dataset) -> tuple[pd.DataFrame, str]:
    """Return our images with all that a file may call them by, and which numbers are not theirs.

    Where each split numbers its own, a number is that of an image of the test.
    """
    number = data.items.frame.get("image_id")
    if number is None:
        return data.frame, ""
    other = number.duplicated(keep=False).to_numpy() & (data.frame["split"] != "test").to_numpy()
    images = data.frame.assign(image_id=number.where(~other, "").to_numpy())
    return images, f"{counted(int(other.sum()), 'number')} of two images" * bool(other.any())


def _rows(file: str, data: Dataset) -> tuple[pd.DataFrame, list[str]]:
    """Read a row a box, with our names of columns; numbers are not checked yet."""
    target = paths.root() / file
    if target.suffix.lower() == ".json" and target.is_file() and _is_array(target):
        every = coco.decoded(file, list[_Box], "list of COCO results")
        rows = pd.DataFrame([each.bbox for each in every], columns=SIDES)
        rows["id"] = [str(coco.number(each.image_id)) for each in every]
        rows["score"] = [each.score for each in every]
        rows["label"] = _names([each.category_id for each in every], data, file)
        return rows, []
    rows = read_table(file)
    for name in ("id", "label", *NUMBERS):
        if name not in rows.columns:
            raise UserError(
                f"{unknown('column', name, map(str, rows.columns), file)}; a row a box is needed, "
                f"with id, label and {', '.join(NUMBERS)} in pixels"
            )
        texts = plain(rows, name, file)
        if name in NUMBERS:
            rows[name] = pd.to_numeric(texts, errors="coerce")
            if (wrong := texts[rows[name].isna()]).size:
                what = f"{name} {str(wrong.iloc[0])!r} in row {wrong.index[0] + 1}"
                raise UserError(f"{file}: {len(wrong):,} of {len(rows):,} boxes: {what}: no number")
        else:
            rows[name] = texts.astype(object).where(texts.notna(), "").astype(str)
    notes = list(rows.attrs[NOTES])
    if data.items.class_numbers:
        rows["label"] = _names([*rows["label"]], data, file)
    return rows, notes


def _is_array(target: Any) -> bool:
    with target.open("rb") as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["


def _names(given: list[float | str], data: Dataset, file: str) -> list[str]:
    """Name the classes of the source's numbers; a UserError names a number that it has not."""
    known, ours = data.items.class_numbers, {*data.classes}
    said = [each if each in ours else coco.number(each) for each in given]
    numbers = [each for each in said if isinstance(each, int)]
    if numbers and not known:
        cure = "its source has no numbers: write the names of classes in category_id"
        raise UserError(f"{file}: category_id {min(numbers)} is none of the data's: {cure}")
    coco.check_numbers(numbers, known, file)
    return [known.get(each, str(each)) for each in said]


def _classes(rows: pd.DataFrame, data: Dataset, file: str) -> list[str]:
    merging.of_predictions(rows, data.items.merged, ("label",))
    said = pd.Series(prediction_scores.named(rows["label"], data.classes), dtype=object)
    if len(wrong := said[~said.isin(data.classes)]):
        problem = unknown("class", wrong.iloc[0][:60], data.classes)
        raise UserError(f"{file}: {len(wrong):,} of {len(said):,} boxes: {problem}")
    return list(said)


def _check_numbers(rows: pd.DataFrame, file: str) -> None:
    """Refuse numbers that cannot be, with how many there are and the first of them."""
    score, sides = rows["score"], rows[["width", "height"]].min(axis=1)
    wrong = {
        "a number is NaN or infinite": ~np.isfinite(rows[NUMBERS]).all(axis=1),
        "width and height must be above 0": sides <= 0,
        _SCORES: (score < 0) | (score > 1 + 1e-6),
    }
    for problem, where in wrong.items():
        if not where.any():
            continue
        one = rows[where].iloc[0]
        numbers = ", ".join(f"{name} {one[name]:g}" for name in NUMBERS)
        percent = problem == _SCORES and score.between(0, 100).all() and 2 * where.sum() > len(rows)
        cure = ": they look like percent: divide them by 100" * bool(percent)
        many = f"{int(where.sum()):,} of {len(rows):,} boxes"
        raise UserError(f"{file}: {many}: {problem}{cure} (image {one['id']!r}: {numbers})")
    if len(rows) and rows[SIDES].to_numpy().max() <= 1.5:
        cure = "they look like fractions of an image: multiply them by its width and height"
        raise UserError(f"{file}: all boxes lie within 1.5 pixels: {cure}")
