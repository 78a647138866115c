"""ONNX files: boxes land where the declared decoder puts them, and other outputs get one line."""

import numpy as np
import pytest
from factories.onnx_file import UINT8, detector_file

from helpers.core.errors import UserError
from helpers.models import detection
from helpers.models.detection import class_names

WIDE = np.zeros((100, 200, 3), np.uint8)  # twice as wide as the inputs, which are square


def logit(p):
    return np.log(p / (1 - p))


def rows(count, columns, fill=0.0):
    """Make boxes of no score, in the middle of an input of 64 pixels."""
    made = np.full((1, count, columns), fill)
    made[..., :4] = (32, 32, 4, 4)
    return made


def yolo5(names=3, score=0.9):
    made = rows(50, 5 + names)
    made[0, 7, :5] = (32, 32, 16, 8, score)
    made[0, 7, 5 + 1] = 0.5
    made[0, 8] = made[0, 7] * [1, 1, 1, 1, 0.9, *[1] * names]  # the same thing again
    return {"output": made}


def yolo8(names=3):
    made = rows(50, 4 + names)
    made[0, 7, :4], made[0, 7, 4 + 1] = (32, 32, 16, 8), 0.45
    return {"output": made.transpose(0, 2, 1)}


def ssd(extra=1, fractions=True):
    boxes = np.tile([[20.0, 24, 44, 40]], (50, 1))[None] / (64 if fractions else 1)
    scores = np.zeros((1, 50, 3 + extra))
    scores[0, 7, extra + 1] = 0.45
    return {"boxes": boxes, "scores": scores}


def detr(extra=1):
    boxes = np.tile([[0.5, 0.5, 0.25, 0.125]], (50, 1))[None]
    scores = np.full((1, 50, 3 + extra), -20.0)
    scores[0, :, -1] = 20 if extra else -20
    scores[0, 7] = np.log([0.15, 0.45, 0.1, 0.3]) if extra else logit(np.array([0.1, 0.45, 0.1]))
    return {"pred_boxes": boxes, "logits": scores}


def opened(repository, outputs, decoder, names="a\nb\nc\n", **options):
    (repository / "made.onnx").write_bytes(detector_file(outputs, **options))
    (repository / "names.txt").write_text(names)
    file = "names.txt" if names else None
    return detection.describe("onnx:made.onnx", decoder, file, 0.2).load(1)


LETTERBOXED = (75, 37.5, 50, 25)  # 64 pixels show 200, with grey above and below
STRETCHED = (75, 43.75, 50, 12.5)


@pytest.mark.parametrize(
    ("outputs", "decoder", "box"),
    [
        (yolo5(), "yolo", LETTERBOXED),
        (yolo8(), "yolo", LETTERBOXED),
        (ssd(), "ssd", (62.5, 37.5, 75, 25)),
        (ssd(extra=0), "ssd", (62.5, 37.5, 75, 25)),
        (ssd(fractions=False), "ssd", (62.5, 37.5, 75, 25)),
        (detr(), "detr", STRETCHED),
        (detr(extra=0), "detr", STRETCHED),
    ],
)
def test_a_box_is_found_once_where_it_is(repository, outputs, decoder, box):
    found = (detector := opened(repository, outputs, decoder)).detect(WIDE)
    assert detector.classes == ("a", "b", "c") and found.classes.tolist() == [1]
    assert found.boxes[0] == pytest.approx(box, abs=0.01)
    assert found.scores[0] == pytest.approx(0.45, abs=0.01)


def test_an_input_may_be_bytes_last_and_of_any_size(repository):
    for shape, kind in (((1, 64, 64, 3), UINT8), ((1, 3, "height", "width"), 1)):
        found = opened(repository, ssd(), "ssd", shape=shape, kind=kind).detect(WIDE)
        assert found.boxes[0] == pytest.approx((62.5, 37.5, 75, 25), abs=0.01)


@pytest.mark.parametrize(
    ("outputs", "decoder", "names", "reason"),
    [
        (yolo5(80), "yolo", "", None),
        (yolo5(3), "yolo", "", "has 3 or 46 classes: give `names`"),
        (yolo5(3), "yolo", "a\nb\n", "and `names` has 2"),
        (yolo5(3), "yolo", "a\nb\nb\n", "different names are needed"),
        (yolo5(3), "ssd", "a\nb\nc\n", "ssd needs boxes"),
        (yolo5(3), None, "a\nb\nc\n", "decoder: one is needed: yolo, ssd, detr"),
        ({"output": np.zeros((1, 84, 85))}, "yolo", "", "ambiguous: "),
        ({"one": rows(50, 8), "two": rows(50, 8)}, "yolo", "a\nb\nc\n", "ambiguous outputs"),
        ({"boxes": rows(50, 4), "scores": rows(40, 5)}, "ssd", "a\nb\nc\n", "ambiguous outputs"),
        (yolo5(3, score=7.0), "yolo", "a\nb\nc\n", "pass 0 or 1"),
        (ssd() | {"boxes": np.tile([[0.9, 0.9, 0.2, 0.2]], (1, 50, 1))}, "ssd", "a\nb\nc\n", "end"),
        (ssd() | {"boxes": np.full((1, 50, 4), np.nan)}, "ssd", "a\nb\nc\n", "no numbers"),
        (detr() | {"pred_boxes": rows(50, 4)}, "detr", "a\nb\nc\n", "not fractions"),
    ],
)
def test_outputs_that_are_not_as_declared_get_one_line(repository, outputs, decoder, names, reason):
    if reason is None:
        assert opened(repository, outputs, decoder, names).classes == class_names.COCO
        return
    with pytest.raises(UserError, match=reason) as caught:
        opened(repository, outputs, decoder, names)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a network", detector_file({"o": np.zeros(3)})])
def test_what_is_no_detector_gets_one_line(repository, content):
    (repository / "made.onnx").write_bytes(content)
    with pytest.raises(UserError, match="made.onnx: ") as caught:
        detection.describe("onnx:made.onnx", "yolo")
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="no such file"):
        detection.describe("onnx:gone.onnx", "yolo")


def test_coco_has_80_names_and_its_ids_have_gaps():
    assert len(set(class_names.COCO)) == 80 and len(class_names.BY_ID) == 91
    assert [class_names.BY_ID[id_] for id_ in (1, 13, 90)] == ["person", "stop sign", "toothbrush"]
    assert class_names.BY_ID[12] == "no class 12"
