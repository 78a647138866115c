"""A run's exit code, and files of another shape than ours."""

import json

import pytest
from factories.parameters import first
from factories.stages import STUDY, copy_notebooks, stale

from helpers import __main__
from helpers.core import files, paths
from helpers.pipeline import run
from helpers.report.pages import publish

SHAPES = ["[]", "{}", "5", '"x"', "{", "", "[" * 100_000, '{"cells": [5]}', '{"content": {}}']


@pytest.mark.parametrize("text", SHAPES, ids=range(len(SHAPES)))
@pytest.mark.parametrize("name", ["1-data.ipynb", "1-data.stage.json", "data.json"])
def test_a_file_of_another_shape_is_as_if_it_were_not_there(study, name, text):
    assert stale() == []
    (paths.build(study) / name).write_text(text)
    assert stale()[0] == "small/1-data"


@pytest.mark.parametrize("number", first(range(len(SHAPES)), 2))
def test_what_make_remembers_is_forgotten_if_it_is_damaged(study, capsys, number):
    assert __main__.act(["make"]) == 0
    remembered = [paths.build() / "code.json", paths.build() / "up-to-date.json"]
    for file in [*remembered, paths.reports() / ".published.json", paths.build() / "status.json"]:
        file.write_text(SHAPES[number])
    capsys.readouterr()
    assert __main__.act(["make"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("6 stages up to date") and not printed.err
    assert all(files.read_sealed(file) for file in remembered)


def test_a_sealed_file_is_as_it_was_written_or_empty(tmp_path):
    file = tmp_path / "sealed.json"
    files.write_sealed(file, {"a": [1, 2.5, None], "b": {"c": "d"}})
    assert files.read_sealed(file) == {"a": [1, 2.5, None], "b": {"c": "d"}}
    changed = json.loads(file.read_text())
    changed["content"]["a"][0] = 2
    file.write_text(json.dumps(changed))
    assert files.read_sealed(file) == {}


def test_a_damaged_report_of_a_failure_hides_no_other(study, capsys):
    (paths.build(study) / "1-data.failed.ipynb").write_text('{"cells": [')
    pages = [page.name for page in publish()]
    assert "1-data.html" in pages and "1-data.failed.html" not in pages
    assert "1-data.failed.ipynb: no whole Jupyter notebook" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["make"], ["publish"]])
def test_what_cannot_be_written_is_a_line_and_an_exit_code(study, capsys, command):
    paths.reports().write_text("a file where a folder belongs")
    assert __main__.act(command) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"evalbook: {paths.reports()}/") and "belongs there" in line


def test_a_full_disk_names_the_file_and_leaves_no_part(tmp_path, monkeypatch):
    def full(stream):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device: '.*kept.json'"):
        files._write(tmp_path / "kept.json", full)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_notebook_is_named(study, capsys):
    (paths.notebooks() / "1-data.ipynb").write_text("<<<<<<< HEAD")
    assert __main__.act(["why"]) == 2
    assert "notebooks/1-data.ipynb: no whole Jupyter notebook" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("v1.2-big", True), ("data.json", False), ("splits.parquet", False), ("shift", False)],
)
def test_no_candidate_has_the_name_of_a_file_of_its_study(repository, capsys, name, allowed):
    named = STUDY.replace("baseline: majority", f"baseline: {{model: majority, name: {name}}}")
    (repository / "params" / "small.yaml").write_text(named)
    copy_notebooks(repository)
    assert (__main__.act(["list"]) == 0) is allowed


def test_partial_files_of_a_killed_run_are_removed(study):
    left = paths.build(study) / ".data.json.4711.partial"
    left.write_text("{")
    assert run.run("small/1-data") and not left.exists()
