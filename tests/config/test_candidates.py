"""Candidates: their names, given or made from the model."""

import pytest

from helpers.config.candidates import expand
from helpers.core.errors import UserError


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"baseline": "pixels-svm"}, "pixels-svm"),
        ({"probe": "keras:ResNet50"}, "probe-keras-resnet50"),
        ({"probe": "efficientnet-lite0@block5"}, "probe-efficientnet-lite0-block5"),
        ({"finetune": {"model": "efficientnet-lite0", "name": 3}}, "3"),
        ({"predictions": "Made_by/Others v2.csv"}, "others-v2"),
    ],
)
def test_a_candidate_is_named_after_its_model(repository, item, name):
    (repository / "Made_by").mkdir()
    (repository / "Made_by" / "Others v2.csv").write_text("")
    assert [candidate.name for candidate in expand([item], "x.yaml")] == [name]


@pytest.mark.parametrize("name", ["", "A", "-a", "a/b", True])
def test_a_name_that_is_no_file_name_is_one_line(repository, name):
    with pytest.raises(UserError, match=r"^x.yaml: candidates: probe: name '"):
        expand([{"probe": {"model": "efficientnet-lite0", "name": name}}], "x.yaml")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"probe": "centernet-mobilenetv3"}, "list it under zeroshot"),
        ({"zeroshot": "efficientnet-lite0"}, "finds no objects.*list it under probe"),
        ({"zeroshot": "centernet-mobilnetv3"}, "did you mean 'centernet-mobilenetv3'"),
        ({"finetune": {"best": 1}}, "ranks no probes"),
        ({"finetune": {"model": "efficientnet-lite0", "above": "block9"}}, "'block9'"),
        ({"probe": "onnx:model.onnx"}, "onnx:model.onnx: cannot be trained"),
    ],
)
def test_models_of_detection_are_named_where_they_belong(repository, item, message):
    with pytest.raises(UserError, match=message):
        expand([item], "study.yaml", "object-detection")
    good = [{"zeroshot": "centernet-mobilenetv3"}, {"probe": "keras:MobileNetV2"}]
    assert len(expand(good, "study.yaml", "object-detection")) == 2
