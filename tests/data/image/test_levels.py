"""Levels: one range for a whole data set, whatever its images hold alone."""

import numpy as np
import pytest
from factories.cases import look, put
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from helpers.core.errors import UserError
from helpers.data import dataset, preparation, sources
from helpers.data.image import levels
from helpers.data.image.levels import decide

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.random((24, 40, 40))  # from black to white


def save(root, pixels):
    """Write arrays as a source; the labels alternate."""
    np.save(root / "x.npy", pixels)
    np.save(root / "y.npy", np.array(["a", "b"] * (len(pixels) // 2)))
    return {"npy": {"data": "x.npy", "labels": "y.npy"}}


def decoded(source):
    prepared, said = look(source)
    return np.stack([prepared.items.read(i)[:, :, 0] for i in range(len(prepared.frame))]), said


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, (0, 1)),
        (0, 0, (0, 1)),
        (0, 1.0002, (0, 1)),
        (-0.03, 1.04, (0, 1)),  # resampling overshoots
        (0, 16, (0, 31)),
        (0, 255, (0, 255)),
        (0, 1023, (0, 1023)),
        (0, 4000, (0, 4095)),
        (0, 65535, (0, 65535)),
        (-1, 1, (-1, 1)),
        (-1.01, 0.4, (-1, 1)),
        (-1024, 3071, (-1024, 3071)),  # Hounsfield units
        (-2.1, 2.6, (-2.1, 2.6)),
        (-9, -9, (-9, -8)),
    ],
)
def test_a_range_is_what_bits_can_hold(low, high, expected):
    assert decide(low, high) == expected


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_a_range_holds_all_values_but_for_some_slack(low, spread):
    black, white = decide(low, low + spread)
    slack = levels.SLACK * (white - black) * 2 + 1e-6
    assert black < white and black - slack <= low and low + spread <= white + slack


SHAPES = {  # as it is stored, by the values that noise from 0 to 1 becomes
    "0..1": NOISE,
    "0..1 as float16": NOISE.astype(np.float16),
    "-1..1": 2 * NOISE - 1,
    "floats to 255": 255 * NOISE,
    "floats to 65535": (65535 * NOISE).astype(np.float32),
    "int64 to 255": np.rint(255 * NOISE).astype(np.int64),
    "12 bits": np.rint(4095 * NOISE).astype(np.uint16),
    "12 bits, big end first": np.rint(4095 * NOISE).astype(">u2"),
    "16 bits": np.rint(65535 * NOISE).astype(np.uint16),
    "signed": np.rint(4095 * NOISE).astype(np.int16) - 1024,
    "8 bits": np.rint(255 * NOISE).astype(np.uint8),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_images_stored_in_any_way_are_decoded_alike(repository, name):
    pixels, _ = decoded(save(repository, SHAPES[name]))
    assert np.abs(pixels - 255 * NOISE).max() <= 1.5


@pytest.mark.parametrize("name", ["0..1", "12 bits", "16 bits", "signed"])
def test_a_few_stray_values_do_not_blacken_the_rest(repository, name):
    pixels = SHAPES[name].copy()
    pixels[3, 7, 7] = 1.7 if name == "0..1" else 32767
    seen, said = decoded(save(repository, pixels))
    seen[3, 7, 7] = 255 * NOISE[3, 7, 7]
    assert np.abs(seen - 255 * NOISE).max() <= 1.5
    assert name == "16 bits" or "cut off in" in said


def test_masks_of_zero_and_one_are_black_and_white(repository):
    masks = NOISE > 0.5
    for stored in (masks, masks.astype(np.uint8), masks.astype(np.int32), masks.astype(float)):
        pixels, _ = decoded(save(repository, stored))
        assert set(np.unique(pixels)) == {0, 255}


def test_a_dark_class_stays_dark_in_files_of_every_wide_format(repository):
    dark, bright = 300 * NOISE[:12], 4000 * NOISE[12:]
    for form, kind in (("png", np.uint16), ("tif", np.int32), ("tif", np.float32)):
        folder = repository / f"{form}{np.dtype(kind)}"
        for name, images in (("a", dark), ("b", bright)):
            for number, image in enumerate(images):
                put(folder / name / f"{number}.{form}", image.astype(kind))
        prepared, said = look({"folder": folder.name})
        means = [prepared.items.read(i).mean() for i in range(24)]
        assert max(means[:12]) < 15 < 100 < min(means[12:])
        assert "4095 is white" in said and "d106" in said and "12 of 12 of a use less" in said


def test_every_stage_decodes_by_the_range_that_was_found(repository):
    """The study is opened again from its record: the pixels are those that were surveyed."""
    source = save(repository, np.concatenate([SHAPES["12 bits"], SHAPES["12 bits"] // 40 + 5]))
    prepared = preparation.prepare(source, {"test": 0.3})
    preparation.save("deep", prepared, source)
    opened = dataset.open("deep")
    for row in range(len(opened.frame)):
        assert (opened.example(row) == prepared.items.read(row)).all()
    assert opened.take(np.arange(3)).items.decoding == {"levels": {"whole numbers": [0.0, 4095.0]}}


def test_eight_bits_are_taken_as_they_are(repository):
    source = save(repository, np.rint(90 * NOISE).astype(np.uint8))
    prepared, said = look(source)
    assert prepared.items.decoding == {} and "black" not in said
    assert (prepared.items.read(0)[:, :, 0] == np.load("x.npy")[0]).all()


def test_levels_may_be_set_by_hand(repository):
    source = save(repository, np.rint(20 * NOISE).astype(np.uint8))
    said = decoded(source)[1]
    assert "d106" in said and "[0, 20]" in said
    source["npy"]["levels"] = [0, 20]
    pixels, said = decoded(source)
    assert pixels.max() == 255 and "d106" not in said and "20 is white" in said


def test_levels_that_make_no_sense_are_refused(repository):
    source = save(repository, SHAPES["8 bits"])
    source["npy"]["levels"] = [255, 0]
    with pytest.raises(UserError, match="levels: black, then a larger value"):
        sources.load(source)
    with pytest.raises(UserError, match="only images"):
        sources.load({"folder": {"path": "x", "levels": [0, 9]}}, "text-classification")


def test_images_that_use_little_of_the_range_are_a_warning(repository):
    for values in (SHAPES["16 bits"] // 8 + 40_000, np.rint(60 * NOISE).astype(np.uint8)):
        assert "d106" in decoded(save(repository, values))[1]
    few = SHAPES["8 bits"].copy()
    few[:5] //= 10  # some at night
    assert "d106" not in decoded(save(repository, few))[1]


def test_an_image_of_nan_takes_no_part(repository):
    values = SHAPES["0..1"].copy()
    values[0] = np.nan
    prepared, said = look(save(repository, values))
    assert len(prepared.frame) == 23 and "1 is white" in said


def test_opacity_has_a_range_of_its_own():
    values = np.zeros((2, 2, 4), np.uint16)
    values[..., 0], values[..., 3] = 4095, 65535
    pixels, found = levels.scaled(values, {})
    assert pixels[0, 0].tolist() == [255, 0, 0, 255] and found.range == (0, 4095)
    assert Image.fromarray(pixels).mode == "RGBA"


def test_a_stray_pixel_does_not_hide_a_small_range(repository):
    random = np.random.default_rng(0)
    values = random.integers(1000, 1200, (24, 32, 32)).astype(np.uint16)
    values[:, 0, 0], values[:, 5, 5] = 0, 4095
    said = decoded(save(repository, values))[1]
    assert "d106" in said and "set levels: [1000, 1199]" in said


MARKS = {  # 1.6 % of the pixels
    "in a corner": (slice(0, 5), slice(0, 5)),
    "near another": (slice(-8, -3), slice(-8, -3)),
}


@pytest.mark.parametrize("place", MARKS)
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_burnt_in_mark_hides_no_small_range(repository, place, kind):
    top = np.iinfo(kind).max
    coarse = NOISE[:, :8, :8].repeat(5, axis=1).repeat(5, axis=2)  # that no two look alike
    values = np.rint(coarse * top / 5).astype(kind)
    values[(slice(None), *MARKS[place])] = top
    assert "d106" in decoded(save(repository, values))[1]
    assert "d106" in decoded(save(repository, top - values))[1]


@pytest.mark.parametrize("place", MARKS)
def test_a_mark_on_ordinary_images_says_nothing(repository, place):
    values = SHAPES["8 bits"].copy()
    values[(slice(None), *MARKS[place])] = 255
    assert "d106" not in decoded(save(repository, values))[1]


def test_small_shapes_on_black_say_nothing(repository):
    random, values = np.random.default_rng(0), np.zeros((24, 40, 40), np.uint8)
    for image in values:
        y, x = random.integers(0, 32, 2)
        image[y : y + 8, x : x + 8] = random.integers(150, 255, (8, 8))
    assert "d106" not in decoded(save(repository, values))[1]


def test_a_refusal_for_one_image_out_of_scale_names_the_range(repository):
    values = np.random.default_rng(0).random((24, 16, 16))
    values[3] *= 1e4
    with pytest.raises(UserError, match="23 of 24 images have one colour.*16383 is white.*levels:"):
        preparation.prepare(save(repository, values))
