"""Detectors out of packages: they find the right things; OpenVINO gives TensorFlow's numbers."""

from functools import lru_cache

import numpy as np
import pytest
from factories.parameters import first
from factories.repository import REPOSITORY
from PIL import Image

from helpers.core.errors import Unreachable
from helpers.models import detection
from helpers.models.detection import detector, single_shot
from helpers.models.kinds import ModelSpec

PICTURES = REPOSITORY / "tests" / "golden" / "images"
NAMES = ("centernet-mobilenetv3", "nanodet", "ssdlite-person")
CAT, CUP = (30, 40, 200, 200), (340, 190, 200, 200)  # where they are put: x, y, width, height


@pytest.fixture(scope="module")
def scene():
    """Put a cat and a cup of coffee on a grey ground: uint8 [480, 640, 3]."""
    ground = Image.new("RGB", (640, 480), (128, 128, 128))
    for name, (x, y, width, height) in {"chelsea.jpg": CAT, "coffee.jpg": CUP}.items():
        picture = Image.open(PICTURES / name).convert("RGB").resize((width, height))
        ground.paste(picture, (x, y))
    return np.asarray(ground)


@lru_cache
def opened(name, threads):
    return detection.describe(name).load(threads)


def loaded(name, threads=1):
    try:
        return opened(name, threads)
    except Unreachable as reason:
        pytest.skip(str(reason))


def overlap(one, other):
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    shared = np.prod(np.clip(high - low, 0, None))
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def best(found, name, what):
    """Return the box of the highest score of a class."""
    return found.boxes[found.classes == what.classes.index(name)][0]


def test_two_detectors_find_the_same_things_where_they_are(archives, scene):
    both = [loaded(name) for name in NAMES[:2]]
    found = [each.detect(scene) for each in both]
    cats, cups = (
        [best(f, name, d) for f, d in zip(found, both, strict=True)] for name in ("cat", "cup")
    )
    assert min(overlap(np.array(CAT, float), box) for box in cats) > 0.8
    assert min(overlap(np.array(CUP, float), box) for box in cups) > 0.6
    assert overlap(*cats) > 0.8 and overlap(*cups) > 0.6
    assert all(each.parameters > 2e6 and each.gflops > 2 for each in both)
    for each in found:
        assert both[0].classes[each.classes[0]] == "cat" and 0.5 < each.scores[0] < 0.8


@pytest.mark.slow
def test_a_person_is_found_and_where_there_is_none_nobody_is(archives):
    from matplotlib import cbook
    from sklearn.datasets import load_sample_images

    hopper = np.asarray(Image.open(cbook.get_sample_data("grace_hopper.jpg")).convert("RGB"))
    detector = loaded("ssdlite-person")
    found = detector.detect(hopper)
    assert found.scores[0] > 0.9 and (found.scores[1:] < 0.3).all()
    assert overlap(np.array([0.0, 15.0, 512.0, 585.0]), found.boxes[0]) > 0.85  # she fills it
    for image in load_sample_images().images:  # a temple, a flower
        assert (detector.detect(image).scores < 0.3).all()


@pytest.mark.parametrize("name", first(NAMES))
def test_openvino_gives_the_numbers_of_tensorflow(archives, scene, name):
    import tensorflow as tf

    from helpers.models.inference import openvino

    spec = ModelSpec(name)
    network = single_shot.NETWORKS[spec.archived()[0].family]
    try:
        function = single_shot.traced(spec, network)
    except Unreachable as reason:
        pytest.skip(str(reason))
    pixels = np.asarray(Image.fromarray(scene).resize((network.size, network.size)))[None]
    compiled = openvino.compile_function(function, 1, "tensorflow")
    assert compiled.name == openvino.planned()
    ours, theirs = compiled.shared()(pixels), function(tf.constant(pixels)).numpy()
    sure = (ours[..., 4:] > 0.05).any(-1) & (theirs[..., 4:] > 0.05).any(-1)
    assert sure.sum() > (0 if name == "ssdlite-person" else 5) - 1
    assert np.abs(ours - theirs)[..., 4:].max(-1)[sure].max(initial=0) < 1e-3
    assert np.abs(ours - theirs)[..., :4].max() < 1e-3 * network.size / 100


@pytest.mark.parametrize("name", NAMES[:1])
def test_boxes_lie_in_images_of_any_shape_and_are_always_the_same(archives, scene, name):
    one, three = loaded(name, 1), loaded(name, 3)
    shapes = [(1, 1), (1, 5000), (5000, 1), (480, 640), (3, 7)]
    images = [np.resize(scene, (*shape, 3)) for shape in shapes] + [scene]
    plain = [one.detect(image) for image in images]
    threaded = list(detector.detect_all(three, images.__getitem__, range(6)))
    for image, a, b in zip(images, plain, threaded, strict=True):
        assert a.boxes.tobytes() == b.boxes.tobytes() and a.scores.tobytes() == b.scores.tobytes()
        assert a.boxes.dtype == a.scores.dtype == np.float64 and a.classes.dtype == np.int64
        assert (a.boxes[:, 2:] > 0).all() and (a.boxes >= 0).all()
        assert (a.boxes[:, :2] + a.boxes[:, 2:] <= np.array(image.shape[1::-1]) + 1e-9).all()
        assert (np.diff(a.scores) <= 0).all() and (a.scores >= 0.01).all() and (a.scores <= 1).all()


def test_the_least_score_is_part_of_what_a_detector_is(repository):
    low, high = (detection.describe(NAMES[0], score=score) for score in (0.01, 0.5))
    assert low.digest != high.digest and low.digest == detection.describe(NAMES[0]).digest
    assert len(low.classes) == 80 and "upstream licence not stated" in low.licence
    assert detection.describe(NAMES[2]).classes == ("person",)
