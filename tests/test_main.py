"""The commands: exit codes, and what a wrong study file prints with and without EVALBOOK_DEBUG."""

import os
import shutil
import subprocess
import sys

import pytest
from factories.records import metrics_record
from factories.repository import REPOSITORY
from factories.stages import STUDY, WORKING, finish, notebook

from helpers import __main__
from helpers.pipeline import plan

BROKEN = STUDY.replace("digits-8x8", "{npy: {data: 3, labels: y.npy}}")


@pytest.mark.parametrize("debug", ["0", "1"])
def test_a_wrong_study_file_ends_with_one_line_and_its_traceback_on_request(
    repository, monkeypatch, capsys, debug
):
    monkeypatch.setenv("EVALBOOK_DEBUG", debug)
    (repository / "params" / "small.yaml").write_text(BROKEN)
    assert __main__.act(["why"]) == 2
    *trace, line = capsys.readouterr().err.splitlines()
    assert line.startswith("evalbook: params/small.yaml: data.source.npy")
    assert any("ValidationError" in each for each in trace) is (debug == "1")
    assert bool(trace) is (debug == "1")


@pytest.mark.parametrize("debug", ["0", "1"])
def test_a_failed_stage_prints_the_cells_traceback_on_request(
    repository, monkeypatch, capsys, debug
):
    monkeypatch.setenv("EVALBOOK_DEBUG", debug)
    (repository / "params" / "small.yaml").write_text(STUDY)
    hidden = "from helpers.core.errors import UserError\ntry:\n    1 / 0\n"
    notebook(
        WORKING, f"{hidden}except ZeroDivisionError:\n    raise UserError('too few') from None"
    )
    assert __main__.act(["stage", "small/1-data"]) == 1
    printed = capsys.readouterr()
    assert "failed: too few" in printed.out
    assert ("ZeroDivisionError" in printed.err) is (debug == "1")


@pytest.mark.parametrize("expect", ["", "expect: {majority-macro-f1: [0.3, 0.4]}\n"])
def test_a_study_that_expects_nothing_is_not_as_expected(repository, capsys, expect):
    for source in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(source, repository / "notebooks")
    (repository / "params" / "small.yaml").write_text(STUDY + expect)
    metrics_record("small", "majority", {"macro-f1": {"value": 0.333}}).write("small", "majority")
    for each in plan.load(["small"]):
        finish(each, keep=each.key == "small/majority/3-evaluate")
    assert __main__.act(["check"]) == 0
    said = capsys.readouterr().out
    assert "small" in said and ("as expected" in said) == bool(expect) != ("nothing" in said)


def test_the_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        __main__.act(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "EVALBOOK_DEBUG" in text
    for command in (
        "make",
        "stage",
        "kernel",
        "why",
        "check",
        "publish",
        "list",
        "bench",
        "coverage",
    ):
        assert f"\n    {command} " in text


def test_an_interrupted_command_ends_without_a_word_of_what_it_threw_away():
    """What is half-made when Ctrl-C comes raises while it is thrown away."""
    code = """
import sys, warnings
import helpers.__main__ as commands

class Odd:
    def __del__(self):
        warnings.warn("never awaited", RuntimeWarning)
        raise ValueError

def list_(options):
    odd = Odd()
    raise KeyboardInterrupt

commands.list_ = list_
sys.exit(commands.act(["list"]))
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
