"""Names of detectors in a study: where a detector and where a backbone is needed."""

import pytest

from helpers.config.model_names import check_model
from helpers.core.errors import UserError


@pytest.mark.parametrize(
    ("name", "modality", "reason"),
    [
        ("efficientnet-lite0", "detection", "finds no objects as it comes: list it under probe"),
        ("nanodet", "image", "is a detector of objects: in object detection, list it under zero"),
        ("nanodett", "detection", "did you mean 'nanodet'"),
        ("nanodet@3", "detection", "a detector cannot be cut at a layer"),
        ("keras:ResNet50", "detection", "unknown kind of model 'keras'"),
        ("onnx:gone.onnx", "detection", "onnx:gone.onnx: no such file"),
    ],
)
def test_a_model_in_the_wrong_place_gets_one_line(repository, name, modality, reason):
    with pytest.raises(UserError, match=reason) as caught:
        check_model(name, "study", modality)
    assert "\n" not in str(caught.value)


def test_models_in_their_place_get_none(repository):
    (repository / "made.onnx").touch()
    for name in ("nanodet", "ssdlite-person", "ppocr-v4-text", "onnx:made.onnx", "kerashub:x"):
        check_model(name, "study", "detection")
    check_model("efficientnet-lite0", "study", "image")
