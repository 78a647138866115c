"""Layouts of folders: what is a class, what a split, what neither, and what is refused."""

from pathlib import PurePath
from types import SimpleNamespace

import pytest

from helpers.core.errors import UserError
from helpers.data.sources import archive_readers
from helpers.data.sources.folder_layout import lay_out

TASK = "image-classification"


def laid_out(*folders, empty=()):
    """Lay out a picture in each folder: give (label, split) pairs, and what was seen."""
    rows, seen = lay_out([f"{folder}/1.png" for folder in folders], empty, TASK, "set")
    return {(row["label"], row.get("split")) for row in rows}, seen


def under(pattern, *splits):
    return [pattern.format(split=split, label=label) for split in splits for label in ("a", "b")]


WHOLE = {(label, split) for label in "ab" for split in ("train", "test")}


@pytest.mark.parametrize(
    "folders",
    [
        under("{split}/{label}", "train", "test"),
        under("wrapper/inner/{split}/{label}", "Train Data", "Test Data"),
        under("seg_{split}/seg_{split}/{label}", "train", "test"),
        under("{split}/{split}_images/{label}", "train", "test"),
        under("{split}/images/{label}", "training", "testing"),
        under("{label}/{split}", "train", "test"),
        under("data/{label}/{split}", "train", "test"),
        under("{label}/{split}/images", "train", "test"),
        ["train/a", "train/b", "test/test/a", "test/test/b"],
        ["train_cropped/a", "train_cropped/b", "test_augmented/a", "test_augmented/b"],
        ["train/a", "train/b", "test_ood/a", "test_id/b", "test_id/a"],
        under("{split}/{label}", "entrenamiento", "prueba"),
        ["train/a/a", "train/b/b", "test/a/a", "test/b/b"],
    ],
    ids=lambda folders: folders[-1],
)
def test_splits_are_kept_wherever_their_folders_are(folders):
    pairs, seen = laid_out(*folders)
    assert pairs == WHOLE and seen["declared"] == ("a", "b") and not seen["noticed"]
    assert "is train" in seen["notes"][0] and "is test" in seen["notes"][0]


@pytest.mark.parametrize(
    ("folders", "classes"),
    [
        (["train", "bus", "plane"], {"train", "bus", "plane"}),
        (["train/steam", "train/electric", "bus/big", "bus/small"], {"train", "bus"}),
        (["vehicles/train", "vehicles/bus", "exams/test", "exams/quiz"], {"vehicles", "exams"}),
        (
            ["data/train_station", "data/test_tube", "data/bus"],
            {"train_station", "test_tube", "bus"},
        ),
        (["cat", "cat/deep", "dog"], {"cat", "dog"}),
        (["ガ", "ギ"], {"ガ", "ギ"}),
    ],
    ids=lambda folders: "+".join(sorted(folders)),
)
def test_classes_may_be_called_as_splits_are(folders, classes):
    pairs, seen = laid_out(*folders)
    assert pairs == {(name, None) for name in classes} and not seen["noticed"]


def test_a_class_called_train_may_be_inside_the_splits():
    pairs, _ = laid_out("train/train", "train/bus", "test/train", "test/bus")
    again, _ = laid_out("train/train", "bus/train", "train/test", "bus/test")
    whole = {(label, split) for label in ("train", "bus") for split in ("train", "test")}
    assert pairs == again == whole


@pytest.mark.parametrize(
    ("folders", "words"),
    [
        (["train", "test"], "test/ and train/ look like splits"),
        (["train", "test", "bus"], "look like splits"),
        (["train/a", "train/b", "extra"], "is train/ a split or a class"),
        (["train/a", "train/b", "extra/a"], "extra/ lies beside it"),
        (["train/a", "train/b", "data/test/a", "data/test/b"], "data/ lies beside it"),
        ([*under("{label}/{split}", "train", "test"), "c"], "c/ has no split"),
        (["one/train/a", "one/train/b", "two/test/a", "two/test/b"], "which are the classes"),
        (["train/val/a", "train/train/a", "test/a"], "lies in two splits"),
        (under("{label}_{split}", "train", "test"), "name splits and something else"),
        (["train/a/images", "train/b/images", "val/images"], "val/ holds images/ alone"),
        (["train/a/images", "train/b/images", "val/images", "test/images"], "holds images/ alone"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_plain_is_refused_in_one_line(folders, words):
    with pytest.raises(UserError, match=words) as caught:
        laid_out(*folders)
    assert str(caught.value).startswith("set: ") and "\n" not in str(caught.value)


def test_items_beside_the_splits_are_left_out_and_counted():
    pairs, seen = laid_out(
        *under("{split}/{label}", "train", "test"), "docs", "seg_pred/seg_pred", empty=["more"]
    )
    assert pairs == WHOLE and seen["declared"] == ("a", "b")
    found = seen["noticed"]["D207"]
    assert found.count == 2 and "docs (1)" in found.detail and "seg_pred" in found.detail


def test_a_test_split_without_classes_is_said():
    pairs, seen = laid_out("train/a", "train/b", "test1")
    assert pairs == {("a", "train"), ("b", "train")} and seen["noticed"]["D207"].count == 1
    pairs, seen = laid_out("train/a", "train/b", empty=["test"])
    assert pairs == {("a", "train"), ("b", "train")} and "test (0) holds no" in seen["notes"][0]
    assert "is test" not in seen["notes"][0] and "drawn from train" in seen["notes"][0]
    pairs, seen = laid_out("train/a", "train/b")
    assert pairs == {("a", None), ("b", None)} and "train/" in seen["notes"][0]


@pytest.mark.parametrize(
    "folders",
    [
        under("{split}/{label}", "fold1", "fold2"),
        under("set/{split}/{label}/deep", "tr", "te"),
        under("train/{split}/{label}", "siteA", "siteB") + under("test/{split}/{label}", "siteA"),
    ],
    ids=lambda folders: folders[0],
)
def test_folders_that_all_hold_the_same_folders_are_a_warning_with_both_readings(folders):
    _, seen = laid_out(*folders)
    found, tops = seen["noticed"]["D217"], seen["declared"]
    assert found.count == len(folders)
    for words in (f"{tops[0]} and {tops[1]}", "a and b", "rename", "path, label and group"):
        assert words in found.consequence
    assert f"{tops[0]} and {tops[1]}" in seen["notes"][-1] and "a and b" in seen["notes"][-1]


@pytest.mark.parametrize(
    "folders",
    [
        ["cat/indoor", "cat/outdoor", "dog/indoor"],
        ["cat/indoor", "cat/outdoor", "dog"],
        ["cat", "cat/indoor", "cat/outdoor", "dog", "dog/indoor", "dog/outdoor"],
        ["cat/images", "dog/images"],
        ["set/cat", "set/dog"],
        under("{split}/{label}", "train", "test"),
    ],
    ids="+".join,
)
def test_folders_that_differ_by_class_are_no_warning(folders):
    assert "D217" not in laid_out(*folders)[1]["noticed"]


def test_flat_splits_are_refused_with_the_columns_of_a_table():
    with pytest.raises(UserError, match="columns path, label and split"):
        lay_out(["train/cat.0.png", "test/dog.1.png"], [], TASK, "set")


def test_what_programs_leave_is_counted_where_it_looks_like_an_item():
    names = ["a/1.png", "b/1.png", "a/._1.png", "a/2.png.crdownload", "#recycle/x.png"]
    names += ["a/@eaDir/1.png/S.jpg", "a/Thumbs.db", "Icon\r", ".DS_Store", "a/~$x.png"]
    rows, seen = lay_out(names, ["lost+found", "__pycache__"], TASK, "set")
    assert [row["path"] for row in rows] == ["a/1.png", "b/1.png"] and seen["declared"] == (
        "a",
        "b",
    )
    assert seen["noticed"]["D208"].count == 5 and not seen["unmatched"]
    _, seen = lay_out(["a/1.png", "b/1.png", ".DS_Store", "a/Thumbs.db"], [], TASK, "set")
    assert not seen["noticed"]


def test_an_archive_keeps_the_splits_of_its_folders():
    folders = [f"set/{each}" for each in under("seg_{split}/{label}", "train", "test")]
    names = [f"{folder}/1.png" for folder in folders]
    members = SimpleNamespace(
        names=lambda: [*names, "__MACOSX/set/a/1.png", "other/x.png", "set/.DS_Store"],
        read=str.encode,
        path=PurePath("set.whl"),
    )
    items = archive_readers.FOLDER.read(members, archive_readers.FolderFields(path="set"))
    assert {*zip(items.frame["label"], items.frame["split"], strict=True)} == WHOLE
    assert items.raw(0) == items.frame["path"][0].encode() and not items.unmatched
    assert items.declared == ("a", "b") and "seg_train (2) is train" in items.notes[0]


def test_a_class_without_the_splits_of_another_is_named():
    with pytest.raises(
        UserError, match="dog/ has no split, as other folders have: test/ and train/"
    ):
        laid_out("cat/train", "cat/test", "dog")


@pytest.mark.parametrize("name", ["train_masks", "Train Labels", "train_annotations"])
def test_masks_of_a_split_are_no_split(name):
    pairs, seen = laid_out(*under("{split}/{label}", "train", "test", name))
    assert pairs == WHOLE and seen["noticed"]["D207"].count == 2
