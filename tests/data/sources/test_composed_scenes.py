"""Composed scenes: exact boxes, things of the test that no other split has, the same by a seed."""

import io
import zipfile

import numpy as np
import pytest
from factories.deb_package import package, tarred
from PIL import Image, ImageDraw

from helpers.catalogue import apt, entries
from helpers.catalogue.entries import Package
from helpers.catalogue.wheels import WheelMembers
from helpers.core import files
from helpers.core.errors import UserError
from helpers.core.schema import check
from helpers.data.sources import composed_scenes
from helpers.data.sources.composed_scenes import SceneFields

COLOURS = {"a1": "black", "a2": "white", "b1": "white", "b2": "black", "c": "white"}
FIELDS = {
    "folder": "stamps",
    "scenes": {"train": 9, "validation": 6, "test": 30},
    "photographs": {"train": ("one.png",), "test": ("two.png",)},
    "cutouts": {"train": {"a": ("a1",), "b": ("b1",)}, "test": {"a": ("a2",), "b": ("b2",)}},
}


def png(image):
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def stamp(colour):
    """Draw a disc in the corner of a picture that is otherwise clear: its ink is not its size."""
    image = Image.new("RGBA", (300, 200))
    ImageDraw.Draw(image).ellipse((20, 30, 160, 120), fill=colour)
    return png(image)


@pytest.fixture
def load(tmp_path, monkeypatch):
    stamps = {f"stamps/{name}.png": stamp(colour) for name, colour in COLOURS.items()}
    path = package(tmp_path, tarred(stamps))
    with zipfile.ZipFile(tmp_path / "photographs.whl", "w") as archive:
        for name, grey in (("one.png", 90), ("two.png", 120)):
            archive.writestr(name, png(Image.new("RGB", (700, 500), (grey,) * 3)))
    monkeypatch.setattr(apt, "fetch", lambda _: path)
    pinned = Package(name="made", version="1", sha256=files.sha256(path), size_mb=1)
    members = WheelMembers(tmp_path / "photographs.whl")

    def load(**changed):
        fields = check(SceneFields, FIELDS | changed, "made")
        return composed_scenes.load((members, [pinned]), fields)

    return load


def inked(pixels, x, y, width, height):
    """Find the box of what is black or white around a place; the ground is neither."""
    top, left = max(0, y - 3), max(0, x - 3)
    part = pixels[top : y + height + 3, left : x + width + 3].astype(int)
    ground = pixels[y - 3, x - 3].astype(int)
    ends = np.where(part.mean(axis=2) > ground.mean(), 255, 0)[..., None]
    # a pixel at least half covered is at least halfway from the ground to the thing's colour
    half = (np.abs(part - ground).sum(axis=2)) >= np.abs(ends - ground).sum(axis=2) * 128 / 255 - 4
    half &= np.abs(part - ground).sum(axis=2) > 12
    rows, columns = np.flatnonzero(half.any(axis=1)), np.flatnonzero(half.any(axis=0))
    return left + columns[0], top + rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1


def test_a_box_is_the_ink_of_its_thing_to_the_pixel(load):
    items = load()
    flat = np.flatnonzero(items.frame["background"] == "flat")
    assert len(flat) == 15
    for row in flat:
        pixels = items.read(row)
        assert pixels.shape == (512, 512, 3) and pixels.dtype == np.uint8
        for box in items.boxes[items.boxes["id"] == items.frame["id"][row]].itertuples():
            sides = tuple(int(side) for side in box[3:7])
            assert inked(pixels, *sides) == sides


def test_things_do_not_touch_and_lie_in_their_scene(load):
    boxes = load().boxes
    assert (boxes[["x", "y"]] >= 0).all(axis=None) and not boxes["ignored"].any()
    assert ((boxes["x"] + boxes["width"]) <= 512).all()
    assert ((boxes["y"] + boxes["height"]) <= 512).all()
    for _, of in boxes.groupby("id"):
        start, stop = (
            of[["x", "y"]].to_numpy(),
            (of[["x", "y"]] + of[["width", "height"]].to_numpy()),
        )
        common = np.minimum(stop.to_numpy()[:, None], stop.to_numpy()) - np.maximum(
            start[:, None], start
        )
        overlap = (common > 0).all(axis=2)
        assert overlap.sum() == len(of)  # each one with itself


def test_a_seed_gives_the_same_scenes_and_another_one_others(load):
    one, again, other = load(), load(), load(seed=7)
    assert one.digest == again.digest != other.digest
    assert one.boxes.equals(again.boxes) and not one.boxes.equals(other.boxes)
    for row in (0, 1, 2, 20):
        assert np.array_equal(one.read(row), again.read(row))
        assert not np.array_equal(one.read(row), other.read(row))


def test_more_scenes_leave_the_first_ones_as_they_are(load):
    few = load()
    more = load(scenes={"train": 12, "validation": 6, "test": 31})
    kept = more.boxes[more.boxes["id"].isin(few.frame["id"])].reset_index(drop=True)
    assert kept.equals(few.boxes) and len(more.frame) == 49


def test_splits_backgrounds_and_what_is_said(load):
    items = load()
    assert items.frame["split"].value_counts().to_dict() == FIELDS["scenes"]
    assert set(items.frame["background"]) == {"flat", "noise", "photograph"}
    assert "composed of cut-outs" in items.noticed["D521"].consequence
    grey = {  # the photographs of the test are its own
        split: set(items.read(row)[0, 0].tolist())
        for row, split in enumerate(items.frame["split"])
        if items.frame["background"][row] == "photograph"
    }
    assert grey == {"train": {90}, "validation": {90}, "test": {120}}


def test_no_cutout_is_on_both_sides(load):
    both = FIELDS["cutouts"] | {"test": {"a": ("a1", "a2"), "b": ("b2",)}}
    with pytest.raises(UserError, match="a1: in train and in test"):
        load(cutouts=both)
    with pytest.raises(UserError, match=r"one\.png: in train and in test"):
        load(photographs={"train": ("one.png",), "test": ("one.png", "two.png")})


def test_a_class_that_only_the_test_has_waits_for_studies_without_training(load):
    cutouts = FIELDS["cutouts"] | {"test": FIELDS["cutouts"]["test"] | {"c": ("c",)}}
    assert set(load(cutouts=cutouts).boxes["label"]) == {"a", "b"}
    tested = load(cutouts=cutouts, scenes={"validation": 9, "test": 30})
    of = tested.boxes.groupby(tested.boxes["id"].str.split("-").str[0])["label"].agg(set)
    assert of.to_dict() == {"validation": {"a", "b"}, "test": {"a", "b", "c"}}


@pytest.mark.parametrize(("name", "classes"), [("composed-scenes", 13), ("composed-scenes-28", 28)])
def test_the_catalogue_divides_its_cutouts(name, classes):
    entry = entries.data(name)
    fields = check(SceneFields, entry.read["scenes"], name)
    sides = {
        side: {each for of in named.values() for each in of}
        for side, named in fields.cutouts.items()
    }
    assert not sides["train"] & sides["test"]
    assert not set(fields.photographs["train"]) & set(fields.photographs["test"])
    known = composed_scenes.known(fields) if "train" in fields.scenes else fields.cutouts["test"]
    assert len(known) == classes and "composed" in entry.title and "no photographs" in entry.title


def test_a_missing_cutout_is_named(load):
    with pytest.raises(UserError, match=r"no file 'stamps/nobody\.png'"):
        load(cutouts=FIELDS["cutouts"] | {"test": {"a": ("nobody",)}})
