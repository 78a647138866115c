"""Detectors of KerasHub: small random presets in a folder, with their own preprocessing."""

import keras_hub
import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.models import detection
from helpers.models.detection import kerashub
from helpers.models.detection.post_processing import stretched


def saved(folder, **converting):
    """Save a RetinaNet of one block a stage and three classes, for images of 64 pixels."""
    stages = {"stackwise_num_filters": [64] * 4, "stackwise_num_blocks": [1] * 4}
    encoder = keras_hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_strides=[1, 2, 2, 2],
        block_type="basic_block",
        **stages,
    )
    backbone = keras_hub.models.RetinaNetBackbone(
        image_encoder=encoder, min_level=3, max_level=4, use_p5=False
    )
    converter = keras_hub.layers.RetinaNetImageConverter(
        image_size=(64, 64), scale=1 / 255, **converting
    )
    keras_hub.models.RetinaNetObjectDetector(
        backbone=backbone,
        num_classes=3,
        bounding_box_format="xyxy",
        pre_logits_num_conv_layers=1,
        preprocessor=keras_hub.models.RetinaNetObjectDetectorPreprocessor(
            image_converter=converter
        ),
    ).save_to_preset(str(folder))
    return converter


def test_a_preset_in_a_folder_finds_boxes_inside_images(repository):
    saved(repository / "made", crop_to_aspect_ratio=False, pad_to_aspect_ratio=True)
    (repository / "names.txt").write_text("a\nb\nc\n")
    with pytest.raises(UserError, match="has 3 classes: give `names`"):
        detection.describe("kerashub:made")
    card = detection.describe("kerashub:made", names="names.txt", score=0.001)
    assert card.classes == ("a", "b", "c")
    detector = card.load(1)
    image = np.random.default_rng(0).integers(0, 256, (40, 90, 3)).astype(np.uint8)
    for each in (image, image[:1, :1], np.resize(image, (1, 5000, 3))):
        found, again = detector.detect(each), detector.detect(each)
        assert found.boxes.tobytes() == again.boxes.tobytes()
        assert (found.boxes[:, :2] + found.boxes[:, 2:] <= np.array(each.shape[1::-1])).all()
    assert detector.parameters > 100_000 and detector.engine.startswith("openvino")


@pytest.mark.parametrize(
    "converting",
    [
        {"crop_to_aspect_ratio": False, "pad_to_aspect_ratio": True},
        {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": False},
        {"crop_to_aspect_ratio": False, "pad_to_aspect_ratio": False},
    ],
)
@pytest.mark.parametrize("shape", [(120, 200), (200, 120), (90, 90)])
def test_a_spot_is_followed_to_where_keras_puts_it(converting, shape):
    converter = keras_hub.layers.ImageConverter(image_size=(64, 96), **converting)
    image = np.zeros((*shape, 3), np.uint8)
    image[56:64, 50:58] = 255  # centre 54, 60
    rows, columns = np.nonzero(
        np.asarray(converter(image[None].astype(np.float32)))[0, ..., 0] > 60
    )
    seen = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], float)
    placed = kerashub._placed(stretched(image, *shape[::-1])[1], *shape, converter)
    left, top, right, bottom = placed.back(seen)[0]
    assert (left + right) / 2 == pytest.approx(54, abs=2)
    assert (top + bottom) / 2 == pytest.approx(60, abs=2)


def test_what_is_no_detector_of_kerashub_gets_one_line(repository):
    (repository / "empty").mkdir()
    with pytest.raises(UserError, match="no object detector could be loaded") as caught:
        detection.describe("kerashub:empty")
    assert "\n" not in str(caught.value)
