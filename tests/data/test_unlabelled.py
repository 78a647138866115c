"""Items without labels: whatever lies there, without what the study is judged by."""

import json
from dataclasses import replace

import numpy as np
import pytest
from factories.dataset import made_dataset, positions
from PIL import Image

from helpers.core.errors import UserError
from helpers.data import unlabelled
from helpers.data.dataset import Dataset
from helpers.data.items import Items, numbered

TASK, TEXTS = "image-classification", "text-classification"


@pytest.fixture(scope="module")
def data():
    return made_dataset()


def saved(folder, pictures):
    for name, pixels in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name)


def test_every_image_of_a_folder_at_any_depth(repository):
    white = np.full((9, 8, 3), 255, np.uint8)
    saved(repository / "photos", {"a.png": white, "train/b.jpg": white, "test/x/c.bmp": white})
    (repository / "photos/notes.txt").write_text("no image")
    items = unlabelled.load({"folder": "photos"}, TASK)
    assert sorted(items.frame["id"]) == ["a.png", "test/x/c.bmp", "train/b.jpg"]
    assert items.frame["label"].isna().all() and "split" not in items.frame


def test_a_folder_without_images_gets_one_line(repository):
    (repository / "photos").mkdir()
    (repository / "photos/notes.txt").write_text("no image")
    with pytest.raises(UserError, match=r"photos: no images in this folder; there is \.txt \(1\)"):
        unlabelled.load({"folder": "photos"}, TASK)


@pytest.mark.parametrize("name", ["text", "body"])
def test_rows_of_a_table_whatever_else_it_holds(repository, name):
    rows = [{name: f"text {n}", "split": "unsupervised", "group": None} for n in range(3)]
    (repository / "texts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    source = {"table": {"file": "texts.jsonl", "text": name}}
    items = unlabelled.load(source, TEXTS)
    assert [items.read(row) for row in range(3)] == ["text 0", "text 1", "text 2"]
    assert {"label", "split", "group"} & {*items.frame.columns} == {"label"}
    with pytest.raises(UserError, match="texts.jsonl.*column 'bodi'"):
        unlabelled.load({"table": {"file": "texts.jsonl", "text": "bodi"}}, TEXTS)


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_copies_of_what_is_tested_or_validated_are_left_out(repository, data, turn):
    """A turned copy counts; a copy of a train item may stay."""
    names = {}
    for side in ("train", "validation", "test"):
        for row in positions(data, side)[:3].tolist():
            names[f"{side}-{row}.png"] = np.rot90(data.example(row), turn).copy()
    random = np.random.default_rng(5)
    names["new.png"] = random.integers(0, 255, (16, 16, 3), np.uint8)
    saved(repository / "photos", names)
    (repository / "photos/broken.png").write_bytes(b"\x89PNG no more")
    found = unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), data)
    assert (found.copies, found.unreadable) == (6, 1)
    kept = set(found.items.frame["id"])
    assert kept == {"new.png", *(name for name in names if name.startswith("train"))}
    assert found.items.read(0).shape == (16, 16, 3)


def test_what_is_all_judged_leaves_nothing(repository, data):
    saved(repository / "photos", {"a.png": data.example(int(positions(data, "test")[0]))})
    with pytest.raises(UserError, match="photos: none of 1 images is left: 1 are copies"):
        unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), data)


def test_texts_that_differ_in_case_and_blanks_are_copies(repository):
    texts = [f"this is the text of number {n}, which is told at some length" for n in range(10)]
    frame = numbered("made", ["a"] * 10)
    items = Items("made", frame, texts.__getitem__, "made", task=TEXTS)
    split = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
    study = Dataset("made", frame.assign(split=split), ("a",), "made", items)
    (repository / "texts.csv").write_text(
        "text\n" + "\n".join(f'"{each}"' for each in [texts[0], texts[9].upper(), "quite new"])
    )
    found = unlabelled.apart(unlabelled.load({"table": "texts.csv"}, TEXTS), study)
    assert found.copies >= 1 and "quite new" in [
        found.items.read(row) for row in range(len(found.items.frame))
    ]
    assert texts[9].upper() not in [found.items.read(n) for n in range(len(found.items.frame))]


def test_deep_images_are_read_as_the_study_reads_its_own(repository, data):
    deep = np.random.default_rng(1).integers(0, 4096, (4, 16, 16)).astype(np.uint16)
    for number, pixels in enumerate(deep):
        (repository / "photos").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(repository / f"photos/{number}.png")
    found = unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), data)
    assert found.items.read(0).max() > 200  # 12 of 16 bits are used
    levels = {"levels": {"all": (0.0, 65535.0)}}
    own = replace(data, items=replace(data.items, decoding=levels))
    found = unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), own)
    assert found.items.read(0).max() < 20


def test_copies_of_what_other_sources_test_are_left_out_too(repository, data, monkeypatch):
    other = made_dataset(seed=9)
    monkeypatch.setattr("helpers.data.other_sources.others", lambda study: {"other": other})
    rows = {side: int(positions(other, side)[0]) for side in ("train", "test")}
    saved(repository / "photos", {f"{side}.png": other.example(n) for side, n in rows.items()})
    found = unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), data)
    assert found.copies == 1 and list(found.items.frame["id"]) == ["train.png"]


@pytest.mark.parametrize(("added", "scaled"), [((0, 1), 1), ((0,), 0), ((200,), 1)])
def test_small_images_of_another_size_may_be_scaled_copies(repository, data, added, scaled):
    sides = [data.items.read(0).shape[0] + more for more in added]
    random = np.random.default_rng(1)
    pictures = {f"{n}.png": random.integers(0, 256, (n, n, 3)).astype(np.uint8) for n in sides}
    saved(repository / "photos", pictures)
    found = unlabelled.apart(unlabelled.load({"folder": "photos"}, TASK), data)
    assert found.scaled == scaled and len(found.items.frame) == len(sides)
