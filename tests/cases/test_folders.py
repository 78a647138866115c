"""Folders as other programs leave them: links, remains, and sides by other names."""

import pytest
from factories.cases import fill, look, put, scene


def test_linked_folders_are_read_or_named(repository):
    """A class whose folder is a link has its pictures, or a line speaks of the link."""
    fill(repository / "set", ("a", "b_real"))
    (repository / "set/b").symlink_to("b_real")
    prepared, said = look({"folder": "set"})
    read = prepared is not None and (prepared.frame["label"] == "b").sum() == 20
    assert read or "link" in said


def test_links_to_nothing_are_counted(repository):
    """Pictures that were never fetched are counted as such: ten here."""
    fill(repository / "set", "ab")
    for number in range(10):
        file = repository / "set/b" / f"{number}.png"
        file.unlink()
        file.symlink_to(f"../.git/annex/objects/{number}.png")
    prepared, said = look({"folder": "set"})
    assert prepared is not None and "10" in said


def test_links_out_of_a_folder_are_read_or_a_way_is_named(repository):
    """Files that lie in a store elsewhere are read, or the refusal says what to do."""
    fill(repository / "store", "ab")
    for name in "ab":
        (repository / "set" / name).mkdir(parents=True)
        for number in range(20):
            link = repository / "set" / name / f"{number}.png"
            link.symlink_to(f"../../store/{name}/{number}.png")
    prepared, said = look({"folder": "set"})
    assert prepared is not None or "links" in said or "copy" in said


@pytest.fixture
def remains(repository):
    """Give 40 pictures of two classes, and what file systems, servers and editors leave there."""
    folder = repository / "set"
    fill(folder, "ab")
    put(folder / "a/@eaDir/x.png/SYNOPHOTO_THUMB_M.jpg", scene("a", 0))
    put(folder / "a/.ipynb_checkpoints/1-checkpoint.png", scene("a", 1))
    (folder / "a/._1.png").write_bytes(bytes(range(80)))
    for name in ("lost+found", "System Volume Information", "__pycache__", "__MACOSX"):
        (folder / name).mkdir()
    for name in ("@eaDir", "#recycle", "$RECYCLE.BIN"):
        for number in range(2):
            put(folder / name / f"{number}.png", scene("a", 700 + number))
    return look({"folder": "set"})


def test_what_programs_leave_behind_is_no_class(remains):
    """The classes are the user's own."""
    prepared, _ = remains
    assert prepared is not None and prepared.classes == ("a", "b")


def test_what_programs_leave_behind_is_no_item(remains):
    """The items of a class are the user's own."""
    prepared, _ = remains
    assert prepared is not None and prepared.frame["label"].isin(["a", "b"]).sum() == 40


def test_what_programs_leave_behind_is_no_empty_class(remains):
    """No finding speaks of a folder that no user made."""
    _, said = remains
    assert "lost+found" not in said


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("training_set", "test_set"),
        ("seg_train", "seg_test"),
        ("train_images", "test_images"),
        ("Train Data", "Test Data"),
        ("training", "evaluation"),
        ("trainset", "testset"),
        ("Training", "Testing"),
    ],
)
def test_sides_by_other_names_are_no_classes(repository, train, test):
    """The classes lie inside the sides, or a refusal names the folder."""
    fill(repository / "set" / train, ("cats", "dogs"))
    fill(repository / "set" / test, ("cats", "dogs"), seed=9000)
    prepared, said = look({"folder": "set"})
    assert train.lower() in said if prepared is None else prepared.classes == ("cats", "dogs")


@pytest.mark.parametrize("holds", ["a text", "nothing", "pictures"])
def test_a_stray_folder_leaves_the_sides_what_they_are(repository, holds):
    """The classes lie inside the sides, or a refusal names the stray folder."""
    folder = repository / "set"
    fill(folder / "train", "ab")
    fill(folder / "test", "ab", seed=9000)
    (folder / "docs").mkdir()
    if holds == "a text":
        (folder / "docs/readme.txt").write_text("x")
    if holds == "pictures":
        for number in range(3):
            put(folder / f"docs/{number}.png", scene("a", 5000 + number))
    prepared, said = look({"folder": "set"})
    assert "docs" in said if prepared is None else prepared.classes == ("a", "b")
