"""make doctor: what is whole is left alone, what is damaged is thrown away and said."""

import os
import shutil
import types

import numpy as np
import pytest
from factories.repository import REPOSITORY

from helpers.catalogue import entries
from helpers.core import cache, files, paths
from helpers.pipeline import doctor


@pytest.fixture
def checked(repository, monkeypatch, capsys):
    """Run the doctor without the index, and return its exit code and what it found by state."""
    shutil.copy(REPOSITORY / "requirements.lock", repository)
    answer = types.SimpleNamespace(returncode=0)
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: answer)
    monkeypatch.setattr(doctor, "ENOUGH", 1)  # whatever is free on this machine

    def run():
        code, lines = doctor.run(), capsys.readouterr().out.splitlines()
        return code, {
            state: [line[8:] for line in lines if line.startswith(state)]
            for state in (doctor.OK, doctor.NOTE, doctor.MENDED, doctor.LEFT)
        }

    return run


def test_a_new_repository_is_well(checked):
    code, found = checked()
    assert code == 0 and not found["mended"] and not found["to do"]
    assert len(found["ok"]) == 9


def test_what_is_damaged_is_thrown_away_once_and_the_rest_is_kept(checked, repository):
    whole, damaged = (paths.cache("features", f"{name}.entry") for name in ("a", "b"))
    for file in (whole, damaged):
        cache.write(file, {"values": np.ones(3)}, {})
    damaged.write_bytes(whole.read_bytes())
    old = paths.cache("fits", "key")
    old.mkdir(parents=True)
    folder = paths.cache("unpacked", "model")
    files.write_text(folder / "weights", "trusted unseen")
    name = entries.file_of(entries.pinned()[0])
    files.write_text(paths.cache("archives", name), "not the archive")
    files.write_text(paths.build("s") / "leaderboard.json", "[]")
    files.write_text(paths.build("s") / "1-data.stage.json", '{"version": 1, "study": 3}')
    left = paths.build("s") / ".data.json.1.partial"
    for file, age in ((left, 2 * doctor.HOUR), (left.with_name(".new.partial"), 0)):
        files.write_text(file, "")
        os.utime(file, (file.stat().st_mtime - age,) * 2)
    gone = [damaged, old, folder, paths.cache("archives", name), left]
    gone += [paths.build("s") / each for each in ("leaderboard.json", "1-data.stage.json")]
    code, found = checked()
    assert code == 0 and len(found["mended"]) == len(gone) and not found["to do"]
    assert not [file for file in gone if file.exists()]
    assert cache.read(whole) and left.with_name(".new.partial").exists()
    assert not checked()[1]["mended"]


def test_what_only_a_person_can_mend_is_left_and_said_by_the_exit_code(checked, repository):
    paths.reports().write_text("no folder")
    code, found = checked()
    assert code == 1 and len(found["to do"]) == 1
    assert "reports" in found["to do"][0]


def test_a_check_that_fails_hides_no_other(checked, monkeypatch):
    monkeypatch.setattr(doctor, "_machine", lambda: 1 / 0)
    code, found = checked()
    assert code == 1 and "ZeroDivisionError" in found["to do"][0] and len(found["ok"]) == 4
