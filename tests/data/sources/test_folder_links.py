"""Links in folders of items, files that are not there, and splits as a whole study sees them."""

import pytest
from factories.cases import fill, look

from helpers.core.errors import UserError
from helpers.data import preparation, sources, summary
from helpers.data.encoded import Unreadable
from helpers.data.sources import folder


def test_links_out_of_a_folder_are_refused_with_ways_and_read_if_allowed(repository):
    fill(repository / "store", "ab", 4)
    (repository / "set").mkdir()
    for name in "ab":
        (repository / "set" / name).symlink_to(repository / "store" / name)
    (repository / "set/t.csv").write_text("path,label\na/0.png,x\nb/0.png,y\n")
    for kind in ({"folder": {"path": "set"}}, {"table": {"file": "set/t.csv"}}):
        with pytest.raises(UserError, match="by a link.*1 more.*dvc unprotect.*links: follow"):
            sources.load(kind)
        [fields] = kind.values()
        items = sources.load({next(iter(kind)): {**fields, "links": "follow"}})
        assert items.frame["label"].nunique() == 2 and items.read(0).shape == (32, 32, 3)
    with pytest.raises(UserError, match=r"links"):
        sources.load({"folder": {"path": "set", "links": "yes"}})


def test_links_in_circles_and_closed_folders_are_named_and_end(repository):
    fill(repository / "set", "ab", 3)
    (repository / "set/a/loop").symlink_to(repository / "set")
    (repository / "set/a/other").symlink_to("../b")
    (repository / "set/b/other").symlink_to("../a")
    (repository / "set/self").symlink_to("self")
    items = sources.load({"folder": "set"})
    assert {"a/0.png", "a/other/0.png", "b/2.png"} <= {*items.frame["id"]}
    assert "read elsewhere, such as a/" in items.noticed["D209"].detail
    assert len(items.frame) < 40


def test_many_links_across_take_linear_time(repository):
    names = [f"c{number}" for number in range(30)]
    for name in names:
        (repository / "set" / name).mkdir(parents=True)
        (repository / "set" / name / "1.png").write_text("")
        for other in names:
            if other != name:
                (repository / "set" / name / other).symlink_to(f"../{other}")
    assert len(list(folder.walk(repository / "set", ()))) < 3000


def test_pointers_are_no_items(repository):
    fill(repository / "set", "ab", 3)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    (repository / "set/a/0.png").write_text(pointer)
    (repository / "set/a/t.txt").write_text(pointer)
    with pytest.raises(Unreadable, match="git lfs pull"):
        sources.load({"folder": "set"}).read(0)
    with pytest.raises(Unreadable, match="git lfs pull"):
        sources.load({"folder": "set"}, "text-classification").read(0)
    (repository / "t.csv").write_text(pointer)
    with pytest.raises(UserError, match=r"t\.csv: a pointer"):
        sources.load({"table": "t.csv"})


def test_a_folder_or_one_split_of_tables_is_said(repository):
    for name in ("train", "test"):
        (repository / f"{name}.csv").write_text("text,label\nhello,a\nworld,b\n")
    with pytest.raises(UserError, match="a folder; its tables: test.csv, train.csv: name one"):
        sources.load({"table": str(repository)}, "text-classification")
    items = sources.load({"table": "train.csv"}, "text-classification")
    assert "test.csv" in items.noticed["D210"].detail
    (repository / "train.csv").write_text("text,label,split\nhello,a,train\nworld,b,test\n")
    assert not sources.load({"table": "train.csv"}, "text-classification").noticed
    fill(repository / "train", "ab", 2)
    fill(repository / "val", "ab", 2)
    assert "val" in sources.load({"folder": "train"}).noticed["D210"].detail


def test_validation_is_the_test_of_a_source_without_one(repository):
    fill(repository / "set/train", "ab", 20)
    fill(repository / "set/val", "ab", 6, seed=9000)
    prepared, said = look({"folder": "set"})
    tested = prepared.frame["id"][prepared.frame["split"] == "test"]
    assert len(tested) == 12 and tested.str.startswith("val/").all()
    assert set(prepared.frame["split"]) == {"train", "validation", "test"}
    assert "train (40) is train and val (12) is validation" in said and "d415" in said
    [found] = [each for each in prepared.findings if each.code == "D415"]
    assert "validation split" in found.consequence
    assert any("its validation split" in each for each in summary.sentences(prepared))
    drawn = preparation.prepare({"folder": {"path": "set"}}, {"given": False})
    assert not any(each.count for each in drawn.findings if each.code == "D415")
    assert any("which is not used" in each for each in summary.sentences(drawn))


def test_a_table_keeps_its_splits_whatever_they_are_called(repository):
    fill(repository, "ab", 12)
    splits = ["Train Data"] * 6 + ["VAL"] * 2 + ["hold-out"] * 4
    rows = [f"{name}/{row}.png,{name},{split}" for name in "ab" for row, split in enumerate(splits)]
    (repository / "t.csv").write_text("\n".join(["path,label,split", *rows]))
    prepared, said = look({"table": "t.csv"})
    assert "hold-out (8) is test" in said and "val (4) is validation" in said
    counts = prepared.frame["split"].value_counts().to_dict()
    assert counts == {"train": 12, "validation": 4, "test": 8}


def test_the_test_of_a_source_without_train_is_not_trained_on(repository):
    fill(repository / "set/val", "ab", 20)
    fill(repository / "set/test", "ab", 6, seed=9000)
    prepared, _ = look({"folder": "set"})
    tested = prepared.frame["id"][prepared.frame["split"] == "test"]
    assert len(tested) == 12 and tested.str.startswith("test/").all()
    assert any("validation is trained on" in each for each in summary.sentences(prepared))


def test_a_class_of_links_to_nothing_names_the_links(repository):
    fill(repository / "set", "ab", 5)
    for number in range(5):
        (repository / f"set/b/{number}.png").unlink()
        (repository / f"set/b/{number}.png").symlink_to("../../../.git/annex/objects/x.png")
    prepared, said = look({"folder": "set"})
    assert prepared is None and "5 links to nothing" in said and "annex get" in said


def test_a_folder_without_items_says_what_it_holds(repository):
    fill(repository / "set/.hidden", "ab", 2)
    for name in ("a/1.psd", "b/2.PSD", "notes"):
        (repository / "set" / name).parent.mkdir(exist_ok=True)
        (repository / "set" / name).write_text("")
    _, said = look({"folder": "set"})
    assert ".psd (2)" in said and "notes (1)" in said and ".hidden (4)" in said


def test_a_class_that_is_a_link_to_nothing_is_named(repository):
    fill(repository / "set", "ab", 5)
    (repository / "set/eel").symlink_to("/nowhere/eel")
    found = sources.load({"folder": "set"}).noticed["D209"]
    assert found.count == 1 and "classes: eel" in found.consequence
