"""A few real texts through make, a finalist chosen among encoders, and the reports replayed."""

import json

import pandas as pd
import pytest
from factories.make import made, make, replayed

STUDY = """\
# A few newswire texts.  About one minute.  Expect every model to beat the majority.
task: text-classification
data: {source: reuters-r8, limit: 240, split: {test: 0.3, validation: 0.2, stratify: true, seed: 1}}
candidates:
  - baseline: [majority, tfidf-logistic]
  - probe: [glove-6b-50d, {model: all-minilm-l6-v2, max_tokens: 32}]
select: {finalists: 1, epochs: 1, max_tokens: 32, unfreeze: 1}
robustness: {noises: [typos], severities: [0.2], items: 40}
evaluate: {primary: accuracy, slices: [words], resamples: 400}
expect: {winner-accuracy: [0.7, 1.0], majority-accuracy: [0.3, 0.7]}
"""
CANDIDATES = [
    "majority",
    "tfidf-logistic",
    "probe-glove-6b-50d",
    "probe-all-minilm-l6-v2",
    "finetune-best-1",
]
# the comparison and the selection first: replaying what is timed writes other seconds
REPORTS = ["4-compare", "2-select", "1-data", "tfidf-logistic/3-evaluate"]
REPORTS += ["tfidf-logistic/2-train", "finetune-best-1/2-train"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("texts")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return made(tmp_path_factory.mktemp("clone") / "evalbook", "read", STUDY)


def test_the_finalist_is_the_encoder_and_every_model_beats_the_majority(clone):
    build = clone / "build" / "read"
    training = json.loads((build / "finetune-best-1" / "training.json").read_text())
    assert training["resolved_model"] == "all-minilm-l6-v2"
    board = json.loads((build / "leaderboard.json").read_text())
    order = [row["candidate"] for row in board["rows"]]
    assert order[-1] == "majority" and sorted(order) == sorted(CANDIDATES)
    assert make(clone, "check", "STUDY=read").returncode == 0


def test_every_candidate_read_the_same_texts(clone):
    tables = [
        pd.read_parquet(clone / "build" / "read" / name / "predictions.parquet")
        for name in CANDIDATES
    ]
    for table in tables:
        assert table[["id", "split", "label"]].equals(tables[0][["id", "split", "label"]])


@pytest.mark.parametrize("report", REPORTS)
def test_a_replayed_report_gives_the_same_numbers(clone, report):
    done = replayed(clone, "read", report)
    assert done.returncode == 0, done.stdout[-4000:]
