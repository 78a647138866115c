"""Ids of a predictions file, in the many forms that other tools write."""

import pandas as pd
import pytest

from helpers.core.errors import UserError
from helpers.data import prediction_ids

FILES = [f"set/{name}.png" for name in ("a/01", "a/02", "b/03", "Caf\u00e9/04")]
NUMBERS = [f"{number:06d}" for number in range(4)]


def items(ids, split=("train", "test", "test", "test")):
    return pd.DataFrame({"id": ids, "split": split, "path": [f"x.npy#{n}" for n in range(4)]})


SHAPES = {
    "backslashes": (FILES, lambda text: text.replace("/", "\\")),
    "a dot before": (FILES, "./{}".format),
    "no extension": (FILES, lambda text: text[:-4]),
    "another extension": (FILES, lambda text: text.replace(".png", ".jpeg")),
    "the name alone": (FILES, lambda text: text.split("/")[-1]),
    "from the root": (FILES, "/home/me/{}".format),
    "blanks": (FILES, " {} ".format),
    "decomposed": (FILES, lambda text: text.replace("\u00e9", "e\u0301")),
    "capitals": (FILES, str.upper),
    "whole numbers": (NUMBERS, lambda text: str(int(text))),
    "floats": (NUMBERS, lambda text: str(float(text))),
    "paths": (NUMBERS, lambda text: f"x.npy#{int(text)}"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_ids_that_only_look_different_are_matched_and_it_is_said(shape):
    ids, change = SHAPES[shape]
    theirs = pd.Series([*map(change, ids[:0:-1]), "none of ours"])
    found, said = prediction_ids.matched(theirs, items(ids), "p.csv")
    assert found.tolist()[:3] == ids[:0:-1] and found.isna().tolist()[3]
    assert len(said) == 2 and "not used" in said[1]


TWICE = ["cat/1.jpg", "dog/1.jpg", "dog/2.jpg", "cat/2.jpg"]
DEEP = ["cat/1.jpg", "dog/old/1.jpg", "dog/1.jpg", "cat/old/1.jpg"]
TAILS = {
    "absolute": (TWICE, "/home/me/data/train/{}".format),
    "of Windows": (TWICE, lambda text: "C:\\Users\\me\\set\\" + text.replace("/", "\\")),
    "in a bucket": (TWICE, "s3://bucket/set/{}".format),
    "of another extension": (TWICE, lambda text: f"/data/{text[:-4]}.PNG"),
    "of several depths": (DEEP, "/home/me/data/train/{}".format),
    "ours are deeper": ([f"set/train/{each}" for each in TWICE], lambda text: text[10:]),
    "both are deeper": ([f"set/train/{each}" for each in TWICE], lambda text: f"/a/{text[10:]}"),
    "by split": (TWICE, lambda text: f"/data/{'test' if '2' in text else 'train'}/{text}"),
}


@pytest.mark.parametrize("name", TAILS)
def test_paths_are_matched_by_their_ends_where_names_repeat(name):
    ids, change = TAILS[name]
    theirs = pd.Series([*map(change, ids[::-1]), change(ids[0]).replace("cat", "cow")])
    found, said = prediction_ids.matched(theirs, items(ids), "p.csv")
    assert found.tolist()[:4] == ids[::-1] and found.isna().tolist()[4]
    assert len(said) == 2 and "end of their paths" in said[0]


def test_ids_that_are_ours_say_nothing():
    found, said = prediction_ids.matched(pd.Series(FILES), items(FILES), "p.csv")
    assert found.tolist() == FILES and said == []


WRONG = {
    "two of one name": (["a/1", "b/1", "a/2", "b/2"], ["1", "1", "2", "2"], "duplicate"),
    "one name for two": (["a/1", "b/1", "a/2", "b/2"], ["1", "2", "3", "4"], "missing 'b/1', 'a"),
    "ends that fit two": (TWICE, [f"/a/{n}.jpg" for n in (1, 1, 2, 2)], "duplicate"),
    "another folder": (TWICE, [f"/a/cow/{n}.jpg" for n in range(4)], "3 of 3 test items missing"),
    "two rows for one": (FILES, ["01.png", "02.png", "03.png", "04.png", "9/04.png"], "5 ids unk"),
    "words after a dot": (
        [f"p{n}.left" for n in range(4)],
        ["p1", "p2.right", "p3.left"],
        "2 of 3",
    ),
    "other numbers": (NUMBERS, ["7", "8", "9"], "3 of 3 test items missing"),
    "long": (NUMBERS, [each for each in NUMBERS for _ in range(3)], "one row an item"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_fits_more_than_one_item_or_none_is_refused(name):
    ids, theirs, said = WRONG[name]
    with pytest.raises(UserError, match=said):
        prediction_ids.matched(pd.Series(theirs), items(ids), "p.csv")
