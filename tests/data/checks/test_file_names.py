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

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64), "uint8")


def found(ids, labels, check):
    frame = pd.DataFrame({"id": ids, "label": labels, "path": ids})
    survey = Survey(np.full(len(ids), ""), np.array(ids))
    split = frame.assign(split=splits.make(frame, SplitRules()))
    return check(Facts(Items("case", frame, lambda index: NOISE, "0"), survey, split))


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
    "GT beside SUV": (each(lambda n: f"{['GT', 'SUV'][n % 2]}/{n // 2}.png"), ["GT", "SUV"] * 100),
    "series": (["download.jpg", *each("download ({}).jpg".format, 199)], AB),
    "few of a series": (
        ["a/images.jpg", *each("a/images ({}).jpg".format, 3), "b/1.jpg"],
        ["a"] * 5,
    ),
    "words": (each(lambda n: f"{['maize crop_', 'street noise ', 'mirror '][n % 3]}{n}.png"), AB),
    "rots": (["black.png", *each("black rot {}.png".format, 199)], AB),
    "numbers of each class": (each(lambda n: f"{n // 2:03d}_{'ab'[n % 2]}.png"), AB),
    "sizes": (each(lambda n: f"cat{'ab'[n % 2]}_{n // 2}_640_480.png"), AB),
    "dates": (
        each(lambda n: f"2021-{n % 12 + 1:02d}-{n % 28 + 1:02d}_{n % 24:02d}-{n % 60:02d}-00.png"),
        AB,
    ),
    "dates and times": (
        each(lambda n: f"{n % 28 + 1:02d}-05-2021_{n % 24:02d}-{n % 60:02d}.png"),
        AB,
    ),
    "hashes": (each(lambda n: f"{hash((n, 7)) & 0xFFFFFF:06x}.png"), AB),
    "sides are the classes": (
        each(lambda n: f"{n // 2}_{['left', 'right'][n % 2]}.png"),
        ["left", "right"] * 100,
    ),
    "classes in the middle": (each(lambda n: f"x_{n % 8}_{n:04d}.png"), list("abcdefgh") * 25),
    "masks alone": (each(lambda n: f"{['mask_', 'gt ', 'dog'][n % 3]}{n}.png"), AB),
    "numbers and letters": (each(lambda n: f"cell{n}px.png"), AB),
    "camels": (each(lambda n: f"{['faceMask', 'face'][n % 2]}{n}.png"), AB),
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
    "actors": (  # as RAVDESS: modality, channel, emotion, intensity, statement, repetition, actor
        [
            f"03-01-0{n % 8 + 1}-0{n // 8 % 2 + 1}-0{n // 16 % 2 + 1}-01-{n // 32 + 1:02d}.wav"
            for n in range(384)
        ],
        [f"{n % 8}" for n in range(384)],
        file_names.families,
    ),
    "actors before words": (
        each(
            lambda n: (
                f"{1001 + n // 20}_{['DFA', 'IEO', 'TAI', 'WSI'][n % 4]}_{'VWXYZ'[n // 4 % 5]}.wav"
            )
        ),
        ["HAP", "SAD", "ANG", "ANG", "SAD"] * 40,
        file_names.families,
    ),
    "patients in the middle": (
        each(lambda n: f"scan_p{n // 10:02d}_{n % 10}_x{n % 3}.png"),
        AB,
        file_names.families,
    ),
    "eyes": (each(lambda n: f"{n // 2}_{'LR'[n % 2]}.png"), list("aabb") * 50, file_names.families),
    "hands": (
        each(lambda n: f"p{n // 2}{['Left', 'Right'][n % 2]}.jpg"),
        list("aabbab") * 33 + ["a", "a"],
        file_names.families,
    ),
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
    "masks in camels": (each(lambda n: f"img{n // 2}{['', 'Mask'][n % 2]}.png"), ["a"] * 200)
    + (file_names.masks,),
    "masks with numbers": (each(lambda n: f"img{['', 'Mask'][n % 2]}{n // 2}.png"), ["a"] * 200)
    + (file_names.masks,),
    "masks before": (each(lambda n: f"{['', 'mask_'][n % 2]}img{n // 2}.png"), ["a"] * 200)
    + (file_names.masks,),
    "masks inside": (each(lambda n: f"a/{['images', 'masks'][n % 2]}/{n // 2}.png"), ["a"] * 200)
    + (file_names.masks,),
    "masks apart": (each(lambda n: f"{['images', 'masks'][n % 2]}/{n // 2}.png"),)
    + (["images", "masks"] * 100, file_names.masks),
}


@pytest.mark.parametrize("name", TELLING)
def test_telling_names_are_told(name):
    ids, labels, check = TELLING[name]
    said = found(ids, labels, check)
    assert said is not None and said.count > 50 and said.consequence and said.ids


def test_masks_of_a_class_of_any_name_are_told_by_their_pixels():
    ids, labels = (
        each(lambda n: f"{['cells', 'masks'][n % 2]}/{n // 2}.png"),
        ["cells", "masks"] * 100,
    )
    frame = pd.DataFrame({"id": ids, "label": labels, "path": ids})
    survey, flat = Survey(np.full(200, ""), np.array(ids)), (NOISE > 99).astype("uint8") * 255
    said = [
        file_names.masks(Facts(Items("case", frame, lambda index, raw=raw: raw, "0"), survey))
        for raw in (NOISE, flat)
    ]
    assert said[0] is None and said[1].count == 100


TIED = ["augmented", "copied", "loaded again", "exported", "follow-ups", "actors", "eyes", "hands"]


@pytest.mark.parametrize("name", TIED)
def test_the_cure_ties_all_that_was_found(name):
    ids, labels, check = TELLING[name]
    if check is file_names.families:
        ids = [*ids[:-1], "one.png"]  # which does not fit
    pattern = found(ids, labels, check).detail.split("group: '")[1].split("'}}")[0]
    frame = pd.DataFrame({"id": ids, "label": labels, "path": ids})
    given = splits.make(frame, SplitRules(group=pattern))
    survey = Survey(np.full(len(ids), ""), np.array(ids))
    items = Items("case", frame, lambda index: None, "0")
    assert check(Facts(items, survey, frame.assign(split=given))) is None
