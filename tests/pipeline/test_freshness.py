"""An unchanged repository is known to be up to date from file names, sizes and times alone."""

import os
import subprocess
import sys

from factories.repository import REPOSITORY

from helpers.core import paths
from helpers.pipeline import freshness


def test_no_content_is_read_until_a_file_is_written(study, repository, tmp_path):
    def planned():
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "RUNNER": "true"}
        command = [sys.executable, "-X", "importtime", "-m", "helpers", "make"]
        ran = subprocess.run(command, cwd=repository, env=environment, capture_output=True)
        assert ran.returncode in (0, 2)  # there is no Makefile here that runs stages
        return ran.stdout.decode().splitlines()[0], b"pydantic" in ran.stderr

    assert planned() == ("6 stages up to date", True)
    assert planned() == ("6 stages up to date", False)
    harmed = paths.build("small") / "splits.parquet"
    state = harmed.stat()
    harmed.write_bytes(harmed.read_bytes()[:-1] + b"?")  # of the same length, and its time put back
    os.utime(harmed, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert planned() == ("6 stages to run, 0 up to date", True)
    assert planned() == ("6 stages to run, 0 up to date", True)


def test_the_users_own_files_are_watched_wherever_they_are(repository, tmp_path):
    own = tmp_path / "own@home"
    own.mkdir()
    freshness.record([], 3, [own], freshness.state_of_what_is_read([own]))
    assert freshness.up_to_date_count([]) == 3
    assert freshness.up_to_date_count(["small"]) is None
    (own / "b.png").write_bytes(b"")
    assert freshness.up_to_date_count([]) is None


def test_what_changed_while_pages_were_rendered_is_not_taken_for_read(repository, tmp_path):
    own = tmp_path / "a.csv"
    own.write_text("path,label\n")
    read = freshness.state_of_what_is_read([own])
    own.write_text("path,label\na,b\n")
    freshness.record([], 3, [own], read)
    assert freshness.up_to_date_count([]) is None
