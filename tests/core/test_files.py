"""Files: written whole, and paths that must stay in their folder."""

import contextlib
import errno

import numpy as np
import pytest

from helpers.core import files
from helpers.core.errors import of_system


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        ("a/b.png", False),
        ("./a..b", False),
        ("../a", True),
        ("a/../../b", True),
        ("/etc/passwd", True),
        ("C:/a", True),
        ("a\\b", True),
        ("a\0b", True),
    ],
)
def test_a_path_that_leaves_its_folder_is_recognised(name, leaves):
    assert files.leaves_folder(name) is leaves


def test_json_holds_plain_values_and_damaged_json_reads_as_empty(tmp_path):
    file = tmp_path / "a" / "b.json"
    values = {"b": np.float32(0.5), "a": [np.nan, np.int64(3)], 1: tmp_path}
    files.write_json(file, values)
    assert files.read_json(file) == {"1": str(tmp_path), "a": [None, 3], "b": 0.5}
    assert [path.name for path in file.parent.iterdir()] == ["b.json"]
    file.write_text('{"a": ')
    assert files.read_json_or_empty(file) == {} == files.read_json_or_empty(tmp_path / "none")


def test_one_process_at_a_time_holds_a_lock(tmp_path):
    first = files.lock(tmp_path / "lock")
    with first, pytest.raises(BlockingIOError), files.lock(tmp_path / "lock", wait=False):
        pass
    with files.lock(tmp_path / "lock", wait=False):
        pass


def test_a_lock_that_was_removed_holds_nobody(tmp_path):
    path = tmp_path / "lock"
    with files.lock(path):
        path.unlink()
        with files.lock(path, wait=False):
            assert path.is_file()


def test_a_lock_is_of_the_file_that_is_there_when_it_is_granted(tmp_path):
    path, granted = tmp_path / "lock", []
    with contextlib.ExitStack() as first:
        first.enter_context(files.lock(path))

        def replaced():  # the one who held it removes it, as cleaning does
            path.unlink()
            first.close()

        with files.lock(path, replaced), pytest.raises(BlockingIOError):
            granted.append(path.stat().st_ino)
            with files.lock(path, wait=False):
                granted.append("a second time")
    assert len(granted) == 1


def test_a_shared_lock_is_shared(tmp_path):
    path = tmp_path / "lock"
    alone = files.lock(path, wait=False)
    with files.lock(path, shared=True), files.lock(path, shared=True):
        pytest.raises(BlockingIOError, alone.__enter__)


def test_a_folder_without_locks_is_named(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(OSError, match="No locks available") as caught, files.lock(tmp_path / "a"):
        pass
    said = of_system(caught.value)
    assert str(tmp_path / "a") in said and "file system" in said


def test_a_folder_in_the_place_of_a_lock_goes(tmp_path):
    (tmp_path / "lock" / "inside").mkdir(parents=True)
    with files.lock(tmp_path / "lock", wait=False):
        assert (tmp_path / "lock").is_file()
