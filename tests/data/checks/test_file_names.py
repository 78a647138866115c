"""Names: families, copies and masks are noticed, and ordinary names are not."""

import numpy as np
import pandas as pd
import pytest

from helpers.data import splits
from helpers.data.checks import file_names
from helpers.data.checks.registry import Facts
from helpers.data.items import Items
from helpers.data.splits import SplitRules
from helpers.data.surveys.base import Survey


def found(ids, labels, check):
    frame = pd.DataFrame({"id": ids, "label": labels, "path": ids})
    survey = Survey(np.full(len(ids), ""), np.array(ids))
    split = frame.assign(split=splits.make(frame, SplitRules()))
    return check(Facts(Items("case", frame, lambda index: None, "0"), survey, split))


def each(shape, count=200):
    return [shape(number) for number in range(count)]


AB = ["a", "b"] * 100
ORDINARY = {
    "numbered": (each("images/cell{:04d}.png".format), AB),
    "in classes": (each(lambda n: f"{'ab'[n % 2]}/{n // 2}.png"), AB),
    "class in name": (each(lambda n: f"{'ab'[n % 2]}/{'ab'[n % 2]}.{n}.jpg"), AB),
    "class before a bar": (each(lambda n: f"n0{n % 2}_{n}.JPEG"), AB),
    "numbered twice": (each(lambda n: f"{'abcde'[n % 5]}/{n // 5}_100.jpg"), list("abcde") * 40),
    "renamed": (each("img ({}).png".format), AB),
    "few sources": (each(lambda n: f"{['flickr', 'bing', 'own'][n % 3]}_{n:05d}.png"), AB),
    "people who are classes": (each(lambda n: f"A_{'ab'[n % 2]}_{n:04d}.jpg"), AB),
    "worn masks": (
        each(lambda n: f"{['mask', 'no_mask'][n % 2]}/{n}.png"),
        ["mask", "no_mask"] * 100,
    ),
    "corrupted names": (each(lambda n: f"{['crop', 'blur', 'flip'][n % 3]}_{n}.png"), AB),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_raise_no_alarm(name):
    for check in (file_names.masks, file_names.families, file_names.copies):
        assert found(*ORDINARY[name], check) is None


TELLING = {
    "follow-ups": (each(lambda n: f"{n // 5:08d}_{n % 5:03d}.png"), AB, file_names.families),
    "days": (each(lambda n: f"IMG_202001{n % 20:02d}_{n}.jpg"), AB, file_names.families),
    "slides": (each(lambda n: f"p{n // 8}s{n}.png"), AB, file_names.families),
    "speakers": (each(lambda n: f"{n // 10:03d}-{n % 10}.wav"), AB, file_names.families),
    "augmented": (each(lambda n: f"x{n // 4}{['', '_aug1', '_flip', '-rot90'][n % 4]}.png"),)
    + (
        ["a"] * 200,
        file_names.copies,
    ),
    "copied": (each(lambda n: f"x{n // 2}{['', ' - Copy (2)'][n % 2]}.png"), ["a"] * 200)
    + (file_names.copies,),
    "loaded again": (each(lambda n: f"x{n // 2}{['', ' (1)'][n % 2]}.png"), ["a"] * 200)
    + (file_names.copies,),
    "exported": (each(lambda n: f"x{n // 2}_jpg.rf.{n:032x}.jpg"), ["a"] * 200)
    + (file_names.copies,),
    "masks beside": (each(lambda n: f"{n // 2}{['', '_mask'][n % 2]}.png"), ["a"] * 200)
    + (file_names.masks,),
    "masks apart": (each(lambda n: f"{['images', 'masks'][n % 2]}/{n // 2}.png"),)
    + (["images", "masks"] * 100, file_names.masks),
}


@pytest.mark.parametrize("name", TELLING)
def test_telling_names_are_told(name):
    ids, labels, check = TELLING[name]
    said = found(ids, labels, check)
    assert said is not None and said.count > 50 and said.consequence and said.ids
