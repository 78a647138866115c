"""A handful of real utterances through make, and their reports replayed.

Where Debian's index is out of reach, the study must be skipped with the reason, and nothing fail.
"""

import json

import pandas as pd
import pytest
from factories.make import made, make, replayed

STUDY = """\
# A handful of prompts.  About one minute.  Expect a recogniser to beat silence.
task: speech-recognition
data: {source: prompts-english, limit: 10, split: {test: 0.5, validation: 0.2, seed: 1}}
candidates:
  - baseline: empty-transcript
  - zeroshot: whisper-tiny.en
evaluate:
  normalisation: whisper
  slices: [category]
  noise: {white: [0]}
  noise_utterances: 2
  resamples: 400
expect: {winner-word-error-rate: [0.0, 0.6]}
"""
WHISPER = "zeroshot-whisper-tiny-en"
# the comparison first: replaying what is timed writes other seconds
SLOWLY = ["1-data", f"{WHISPER}/3-evaluate", f"{WHISPER}/2-train"]
REPORTS = ["4-compare", *(pytest.param(each, marks=pytest.mark.slow) for each in SLOWLY)]

pytestmark = pytest.mark.xdist_group("speech")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return made(tmp_path_factory.mktemp("clone") / "evalbook", "spoken", STUDY)


def reached(clone):
    """Tell whether the packages could be had; if not, that was said and nothing else went wrong."""
    stages = json.loads((clone / "build" / "status.json").read_text())["stages"]
    if {stage["state"] for stage in stages} == {"ok"}:
        return True
    assert {stage["state"] for stage in stages} == {"skipped"}
    assert all("(Debian)" in stage["error"] for stage in stages)
    assert "Skipped on this machine" in (clone / "reports" / "index.html").read_text()
    return False


def test_real_words_are_heard_and_judged(clone):
    if not reached(clone):
        return
    board = json.loads((clone / "build" / "spoken" / "leaderboard.json").read_text())
    assert board["winner"] == WHISPER and board["primary"] == "word-error-rate"
    table = pd.read_parquet(clone / "build" / "spoken" / WHISPER / "predictions.parquet")
    assert list(table.columns) == ["id", "split", "reference", "hypothesis"]
    page = (clone / "reports" / "spoken" / WHISPER / "2-train.html").read_text()
    assert page.count("data:audio/mpeg;base64,") >= 4
    assert make(clone, "check", "STUDY=spoken").returncode == 0


@pytest.mark.parametrize("report", REPORTS)
def test_a_replayed_report_says_the_same(clone, report):
    if reached(clone):
        done = replayed(clone, "spoken", report)
        assert done.returncode == 0, done.stdout[-4000:]
