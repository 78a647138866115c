"""A study's data from source to files and back."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.config import study_file
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data import dataset, preparation, summary

SPLIT = {"test": 0.25, "validation": 0.15, "stratify": True, "group": None, "seed": 42}
SPLIT |= {"folds": 1}


@pytest.fixture
def source(repository):
    """Write 40 images of two classes, and some that cannot be used."""
    noise = np.random.default_rng(0).integers(0, 256, (45, 8, 8, 3), dtype=np.uint8)
    rows = [(f"{i:02d}.png", "ab"[i % 2], "xyz"[i % 3]) for i in range(40)]
    rows += [("40.png", "rare", "x"), ("41.png", "", "x"), ("42.png", "a", "x")]
    rows += [("43.png", "b", "y"), ("gone.png", "a", "y")]
    folder = repository / "set"
    folder.mkdir()
    for index, pixels in enumerate(noise[:44]):
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    (folder / "42.png").write_text("I am no image")
    (folder / "43.png").write_bytes((folder / "01.png").read_bytes())
    table = pd.DataFrame(rows, columns=["path", "label", "site"])
    table.to_csv(folder / "t.csv", index=False)
    return {"table": {"file": "set/t.csv"}}


def test_what_cannot_be_used_is_left_out_and_said(source):
    prepared = preparation.prepare(source, SPLIT, slices=["site"])
    reasons = prepared.dropped.set_index("id")["reason"].to_dict()
    assert reasons == {
        "40.png": "the only example of its class",
        "41.png": "no label",
        "42.png": "not an image in a known format",
        "gone.png": "no such file",
    }
    assert prepared.classes == ("a", "b") and len(prepared.frame) == 41
    splits = prepared.frame.set_index("id")["split"]
    assert splits["43.png"] == splits["01.png"]  # a copy stays with its original
    counts = {each.code: each.count for each in prepared.findings if each.count}
    assert counts == {"D101": 1, "D201": 1, "D202": 1, "D204": 1, "D301": 2, "D412": 1}


def test_the_files_say_everything_and_open_again(source):
    prepared = preparation.prepare(source, SPLIT, slices=["site"])
    preparation.save("toy", prepared, source, SPLIT)
    frame = pd.read_parquet(paths.build("toy") / "splits.parquet")
    assert list(frame.columns) == ["id", "split", "label", "copy_of", "site", "path"]
    record = json.loads((paths.build("toy") / "data.json").read_text())
    assert record["counts"]["original"] == 45 and record["counts"]["used"] == 41
    assert record["counts"]["dropped"] == 4 == sum(each["count"] for each in record["dropped"])
    assert sum(record["counts"]["splits"].values()) == 41
    assert {"code", "title", "count", "severity", "detail", "consequence"} == set(
        record["checks"][0]
    )
    assert record["root"] == "set" and record["classes"] == ["a", "b"]
    again = dataset.open("toy")
    assert again.digest == prepared.digest and again.frame.equals(frame)
    assert [again.classes[code] for code in again.labels] == frame["label"].tolist()
    for index in (0, 17, 40):
        assert (again.example(index) == prepared.items.read(index)).all()


def test_two_runs_write_the_same_bytes(source):
    digests = []
    for _ in range(2):
        preparation.save("toy", preparation.prepare(source, SPLIT), source, SPLIT)
        folder = paths.build("toy")
        digests.append([files.sha256(folder / name) for name in ("splits.parquet", "data.json")])
    assert digests[0] == digests[1]


def test_the_digest_follows_pixels_and_labels_alone(source, repository):
    before = preparation.prepare(source, SPLIT).digest
    assert preparation.prepare(source, {**SPLIT, "seed": 1}).digest == before
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(repository / "set" / "00.png")
    assert preparation.prepare(source, SPLIT).digest != before


def test_changed_or_absent_data_gets_one_clear_line(source, repository):
    with pytest.raises(UserError, match="toy: its data is not prepared yet"):
        dataset.open("toy")
    preparation.save("toy", preparation.prepare(source, SPLIT), source, SPLIT)
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(repository / "set" / "00.png")
    with pytest.raises(UserError, match="toy: its data has changed"):
        dataset.open("toy")


def test_groups_are_kept_in_the_manifest_and_proven(source):
    prepared = preparation.prepare(source, {**SPLIT, "group": "site"})
    assert prepared.frame.groupby("group")["split"].nunique().max() == 1
    outcome = {each.code: each.severity for each in prepared.findings}
    assert outcome["D403"] == "passed" and outcome["D401"] == "passed"


def test_a_split_that_the_source_brings_is_kept_unless_one_is_asked_for(source, repository):
    table = pd.read_csv(repository / "set" / "t.csv")
    table["split"] = ["test" if index % 4 == 0 else "training" for index in range(len(table))]
    table.to_csv(repository / "set" / "t.csv", index=False)
    kept = preparation.prepare(source, study_file.Split().model_dump())
    assert (kept.frame["split"] == "test").equals(kept.items.frame["split"] == "test")
    assert "The source comes with a split; its test set is used." in summary.sentences(kept)
    for asked in ({"test": 0.25}, {"given": False}):
        drawn = preparation.prepare(source, study_file.Split(**asked).model_dump())
        assert "which is not used" in " ".join(summary.sentences(drawn))
    table.assign(split="train").to_csv(repository / "set" / "t.csv", index=False)
    alone = preparation.prepare(source, study_file.Split().model_dump())
    assert set(alone.frame["split"]) == {"train", "validation", "test"}


def test_a_limit_records_both_counts(source):
    prepared = preparation.prepare(source, SPLIT, limit=20)
    preparation.save("toy", prepared, source, SPLIT)
    counts = files.read_json(paths.build("toy") / "data.json")["counts"]
    assert counts["original"] == 45 and counts["loaded"] == 20
    assert len(dataset.open("toy").frame) == counts["used"] == len(prepared.frame)


def test_an_unknown_slice_and_a_single_class_get_one_clear_line(source, repository):
    with pytest.raises(UserError, match="unknown slice 'sit'; did you mean 'site'"):
        preparation.prepare(source, SPLIT, slices=["sit"])
    table = pd.read_csv(repository / "set" / "t.csv").assign(label="same")
    table.to_csv(repository / "set" / "t.csv", index=False)
    with pytest.raises(UserError, match="two classes .* are needed, found 'same'"):
        preparation.prepare(source, SPLIT)
