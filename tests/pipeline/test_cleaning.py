"""``make clean``: all that runs made goes, but not from under a run."""

import multiprocessing
import os

import pytest

from helpers import __main__
from helpers.core import files, paths
from helpers.pipeline import cleaning


@pytest.fixture
def made(repository):
    """Leave what runs make, and what belongs to the repository beside it."""
    for name in ("build/s/data.json", "reports/s/1.html", "reports/index.html"):
        files.write_text(repository / name, "x")
    for name in ("README.md", "compare.png"):
        files.write_text(repository / "reports" / name, "x")
    return repository


def test_what_runs_made_goes_and_the_rest_stays(made):
    assert __main__.main(["clean"]) == 0
    assert not paths.build().exists()
    assert sorted(os.listdir(paths.reports())) == ["README.md", "compare.png"]
    assert __main__.main(["clean"]) == 0  # nothing is there


def test_nothing_is_cleaned_beside_a_run_or_what_it_forked(made, capsys):
    with cleaning.kept():
        end = multiprocessing.get_context("fork").Event()
        fork = multiprocessing.get_context("fork").Process(target=end.wait, args=(60,))
        fork.start()
        assert __main__.main(["clean"]) == 2
        assert f"process {os.getpid()}" in capsys.readouterr().err
    assert __main__.main(["clean"]) == 2  # the run was killed, and its stage has not ended
    end.set()
    fork.join()
    assert (made / "build/s/data.json").is_file() and (made / "reports/index.html").is_file()
    assert __main__.main(["clean"]) == 0


def test_what_is_no_folder_goes_too(made):
    (made / "elsewhere").mkdir()
    (made / "reports" / "linked").symlink_to(made / "elsewhere")
    __main__.main(["clean"])
    (made / "build").symlink_to(made / "elsewhere")
    assert __main__.main(["clean"]) == 0
    assert not (made / "build").exists() and (made / "elsewhere").is_dir()
    (made / "build").write_text("a file")
    assert __main__.main(["clean"]) == 0 and not (made / "build").exists()
