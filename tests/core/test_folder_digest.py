"""Digests of folders: whatever changes is seen, whatever stays is not read again."""

import os
import shutil

import pytest

from helpers.core import files, folder_digest
from helpers.core.folder_digest import of_folder


@pytest.fixture
def folder(repository):
    """Give a folder of two files that were written long enough ago to be remembered."""
    (repository / "set/a").mkdir(parents=True)
    (repository / "set/a/1.png").write_bytes(b"one" * 50)
    (repository / "set/a/2.png").write_bytes(b"two" * 50)
    return repository / "set"


@pytest.fixture
def settled(monkeypatch):
    monkeypatch.setattr(folder_digest, "SETTLED", -(10**12))


def replaced(file, how):
    """Put other bytes of the same number in a file's place, and keep its time."""
    state, new = file.stat(), file.parents[2] / "new"
    new.write_bytes(bytes(state.st_size))
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    how(new, file)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (state.st_mtime_ns, state.st_size)


@pytest.mark.parametrize("how", [os.replace, shutil.copy2, shutil.copyfile])
def test_a_file_that_keeps_its_size_and_time_is_seen_to_be_another(folder, settled, how):
    before = of_folder(folder)
    replaced(folder / "a/1.png", how)
    assert of_folder(folder) != before


def test_an_untouched_file_is_not_read_again(folder, settled, monkeypatch):
    before, read = of_folder(folder), []
    whole = files.sha256
    monkeypatch.setattr(files, "sha256", lambda path: read.append(path.name) or whole(path))
    assert of_folder(folder) == before and read == []
    (folder / "a/2.png").write_bytes(b"owt" * 50)
    assert of_folder(folder) != before and read == ["2.png"]


def test_a_file_written_just_now_is_read_again(folder, monkeypatch):
    """Its times may be those of the next change too, on a file system that counts in seconds."""
    before, state = of_folder(folder), files.state(folder / "a/1.png")
    (folder / "a/1.png").write_bytes(b"eno" * 50)
    monkeypatch.setattr(files, "state", lambda path: state)
    assert of_folder(folder) != before


def test_files_behind_links_are_watched_and_circles_end(folder, settled, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "3.png").write_bytes(b"three")
    (folder / "b").symlink_to(outside)
    (folder / "a/loop").symlink_to(folder)
    (folder / "a/gone.png").symlink_to(tmp_path / "nothing")
    digests = [of_folder(folder)]
    (outside / "3.png").write_bytes(b"eerht")
    digests.append(of_folder(folder))
    (tmp_path / "nothing").write_bytes(b"here now")
    digests.append(of_folder(folder))
    (folder / "a/loop").unlink()
    digests.append(of_folder(folder))
    assert len(set(digests)) == 4


def test_a_folder_may_move(folder, settled):
    before = of_folder(folder)
    folder.rename(folder.parent / "moved")
    assert of_folder(folder.parent / "moved") == before
