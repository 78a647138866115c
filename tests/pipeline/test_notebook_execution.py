"""Notebooks of no study, such as the benchmark, run with progress shown and give their findings."""

import nbformat
import pytest

from helpers.core import paths
from helpers.pipeline import notebook_execution, progress_display


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Write a notebook of no study in a repository of its own."""
    monkeypatch.setenv("EVALBOOK_ROOT", str(tmp_path))
    monkeypatch.setattr(progress_display, "LOG_SECONDS", 0.1)
    cells = [
        nbformat.v4.new_code_cell("tries = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "import time\nfrom helpers.core import progress\n"
            "progress.say('half done')\ntime.sleep(1)\nassert tries < 3"
        ),
        nbformat.v4.new_code_cell("print('found', tries)", id="findings"),
    ]
    paths.notebooks().mkdir()
    language = {"language_info": {"name": "python"}}
    made = nbformat.v4.new_notebook(cells=cells, metadata=language)
    nbformat.write(made, paths.notebooks() / "alone.ipynb")


def test_progress_is_shown_and_findings_are_returned(alone, capsys):
    assert notebook_execution.findings("alone", {"tries": 2}) == "found 2\n"
    shown = capsys.readouterr().out
    assert "half done" in shown and shown.rstrip().splitlines()[-1].split()[2] == "done"
    assert (paths.build() / "alone.ipynb").is_file()


def test_what_fails_leaves_no_findings(alone, capsys):
    with pytest.raises(Exception, match="AssertionError"):
        notebook_execution.findings("alone", {"tries": 3})
    assert "failed" in capsys.readouterr().out
    assert not (paths.build() / "alone.ipynb").exists()
