"""leaderboard.json, whatever the task."""

import numpy as np
import pytest
from factories.study import CLASSES, made_study, saved, write_candidate

from helpers.comparison import leaderboard
from helpers.core.errors import UserError
from helpers.core.records.leaderboard import Leaderboard

STRENGTHS = {"majority": 0.0, "probe-a": 1.9}


def test_leaderboard_json_keeps_the_contract(repository):
    made_study(STRENGTHS, items=800)
    leaderboard.save(leaderboard.compare("made", list(STRENGTHS), resamples=300))
    content = saved("made", "leaderboard.json")
    keys = {"primary", "rows", "pairs", "winner", "tied_with", "detectable_difference"}
    assert keys | {"recommendation"} <= content.keys()
    assert content["version"] == 2 and content["margin"] is None
    assert content["expected"]["value"] <= content["rows"][0]["value"]
    assert {"a", "b", "difference", "low", "high", "p", "p_holm"} <= content["pairs"][0].keys()
    assert content["rows"][0]["candidate"] == content["winner"] == "probe-a"
    assert content["rows"][0]["cost"]["fit_seconds"] == 12.5
    assert content["seeds"] == {"families": [], "runs": []}


def test_a_single_candidate_has_no_pairs(repository):
    made_study({"probe-a": 1.0})
    alone = leaderboard.compare("made", ["probe-a"], resamples=200)
    leaderboard.save(alone)
    board = Leaderboard.read("made")
    assert board.pairs == [] and board.detectable_difference is None
    assert all("nan" not in sentence for sentence in [*alone.answer, *alone.details])


def test_a_study_that_was_not_prepared_gets_one_line(repository):
    with pytest.raises(UserError, match="data.json: no such file: run `make made`"):
        leaderboard.compare("made", ["probe-a"])


def test_a_finalist_that_the_study_lists_as_well_counts_once(repository):
    splits = made_study({"majority": 0.0})
    weights = np.random.default_rng(0).random((len(splits), 2))
    names, tuned = np.array(CLASSES), {"adaptation": "finetune", "resolved_model": "lite2"}
    for name, model, recipe in (
        ("finetune-best-1", "best:1", "one"),
        ("finetune-lite2", "lite2", "one"),
        ("finetune-best-2", "best:2", "two"),
    ):
        write_candidate("made", name, splits, names, weights, model=model, recipe=recipe, **tuned)
    every = ["majority", "finetune-best-1", "finetune-lite2", "finetune-best-2"]
    found = leaderboard.compare("made", every, resamples=200)
    assert sorted(found.table["candidate"]) == ["finetune-best-2", "finetune-lite2", "majority"]
    assert len(found.pairs) == 3 and found.same == {"finetune-best-1": "finetune-lite2"}
    assert any("finetune-best-1" in line and "once" in line for line in found.details)
