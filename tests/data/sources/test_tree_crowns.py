"""Tree crowns: all boxes of the photographs, each in one tile, and no photograph in two splits."""

import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.sources import tree_crowns


def test_every_crown_of_the_package_counts_once(archives):
    items = sources.load("tree-crowns", "object-detection")
    counted = items.boxes[~items.boxes["ignored"]]
    photograph = counted["id"].map(items.frame.set_index("id")["group"])
    assert photograph.value_counts().tolist() == [574, 279, 61, 37] and len(counted) == 951
    assert set(items.boxes["label"]) == {"tree"} and items.boxes["ignored"].sum() > 100
    splits = items.frame.groupby("group")["split"].agg(set)
    assert splits.str.len().eq(1).all() and set.union(*splits) == {"train", "validation", "test"}
    assert items.frame.groupby("split")["site"].agg(set).to_dict() == {
        "train": {"YELL"}, "validation": {"OSBS"}, "test": {"YELL", "SOAP"},
    }  # fmt: skip
    row = int(np.flatnonzero(items.frame["group"] == "OSBS_029")[-1])
    assert items.read(row).shape == (200, 200, 3)
    assert "3 sites" in items.noticed["D521"].consequence


def test_tiles_cover_a_picture_without_overlap():
    seen = np.zeros((1035, 1249), int)
    for left, top, right, bottom in tree_crowns.tiles(1035, 1249, 200):
        seen[top:bottom, left:right] += 1
        assert 190 <= right - left <= 220 and 190 <= bottom - top <= 220
    assert (seen == 1).all()
    assert tree_crowns.tiles(60, 70, 200) == [(0, 0, 70, 60)]


def test_a_crown_on_a_border_counts_where_its_centre_is():
    crowns = np.array([[90.0, 10, 130, 50], [100, 0, 120, 20], [98, 70, 102, 90], [0, 0, 40, 40]])
    left = tree_crowns.within(crowns, (0, 0, 100, 100))
    right = tree_crowns.within(crowns, (100, 0, 200, 100))
    assert left == [  # the third one reaches in by two pixels, which is not worth ignoring
        {"x": 90, "y": 10, "width": 10, "height": 40, "ignored": True},
        {"x": 0, "y": 0, "width": 40, "height": 40, "ignored": False},
    ]
    assert right == [
        {"x": 0, "y": 10, "width": 30, "height": 40, "ignored": False},
        {"x": 0, "y": 0, "width": 20, "height": 20, "ignored": False},
        {"x": 0, "y": 70, "width": 2, "height": 20, "ignored": False},
    ]


def test_pixels_of_voc_count_from_one():
    box = "<bndbox><xmin>1</xmin><ymin>3</ymin><xmax>10</xmax><ymax>4</ymax></bndbox>"
    read = tree_crowns.read_voc(f"<annotation><object>{box}</object></annotation>".encode(), "a")
    assert read.tolist() == [[0, 2, 10, 4]]
    assert tree_crowns.read_voc(b"<annotation/>", "a").shape == (0, 4)


@pytest.mark.parametrize(
    "content",
    [
        b"no xml",
        b"<annotation><bndbox><xmin>1</xmin></bndbox></annotation>",
        b"<annotation><bndbox><xmin>one</xmin></bndbox></annotation>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_what_is_no_voc_file_gets_one_line(content):
    with pytest.raises(UserError, match=r"photo\.xml: no boxes of VOC") as caught:
        tree_crowns.read_voc(content, "photo")
    assert "\n" not in str(caught.value)
