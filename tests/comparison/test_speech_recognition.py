"""Recognisers on the same utterances: order, ties, speakers, the chance of a false alarm."""

import numpy as np
import pytest
from factories.records import rewrite
from factories.speech_study import bad, good, speech_study, written
from factories.trials import within

from helpers.comparison import leaderboard
from helpers.comparison.speech_recognition import compare, scored
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.metrics import word_error_rate
from helpers.metrics.statistics.bootstrap import Resampling


@pytest.fixture
def study(repository):
    return speech_study(repository)


def test_a_comparison_puts_the_fewest_errors_first_and_tests_by_speaker(study):
    for name, say in (("good", good), ("bad", bad)):
        written(study, name, say)
    written(study, "empty-transcript", lambda text, number: "", "baseline")
    result = leaderboard.compare(
        "made", ["bad", "empty-transcript", "good"], "word-error-rate", 400
    )
    assert result.table["candidate"].tolist() == ["good", "bad", "empty-transcript"]
    assert result.groups == 9 and (result.pairs["p_holm"] < 0.05).all()
    assert result.tied_with == [] and result.pairs["difference"].lt(0).all()
    assert "groups" in result.table["method"].iloc[0]
    leaderboard.save(result)
    board = files.read_json(paths.build("made") / "leaderboard.json")
    assert board["winner"] == "good" and "word error rate" in board["recommendation"]


def test_equal_candidates_tie_and_do_not_crash(study):
    for name in ("one", "two"):
        written(study, name, good)
    result = compare("made", ["one", "two"], resamples=300)
    assert result.tied_with == ["two"] and result.pairs["p_holm"].iloc[0] == 1


def test_an_order_that_one_invention_decides_is_named(study):
    def inventing(text, number):
        return f"{text} {'and so on ' * 200}" if number == 3 else good(text, number)

    for name, say in (("inventing", inventing), ("bad", bad), ("good", good)):
        written(study, name, say)
    quiet = compare("made", ["good", "bad"], resamples=200)
    assert not any("otherwise" in line for line in quiet.details)
    found = compare("made", ["inventing", "bad"], "word-error-rate", resamples=200)
    [line] = [line for line in found.details if "otherwise" in line]
    assert found.table["candidate"].tolist() == ["bad", "inventing"]
    assert "capped word error rate" in line and "more errors than their length" in line
    capped = compare("made", ["inventing", "bad"], "capped-word-error-rate", resamples=200)
    assert capped.table["candidate"].tolist() == ["inventing", "bad"]
    assert any("otherwise" in line for line in capped.details)


def test_runs_of_one_recogniser_are_one_candidate_with_their_mean(study):
    for name, say in (("net-seed-0", good), ("net-seed-1", bad), ("other", bad)):
        written(study, name, say)
    found = compare("made", ["net-seed-0", "net-seed-1", "other"], resamples=300)
    assert found.table["candidate"].tolist() == ["net", "other"]
    runs = found.seeds.runs["value"]
    assert found.table["value"][0] == pytest.approx(runs.mean()) and runs.nunique() == 2
    assert found.expected.high > found.table["high"][0] and found.tied_with == ["other"]


def test_candidates_that_were_normalised_differently_are_refused(study):
    written(study, "good", good)
    written(study, "bad", bad)
    rewrite(SpeechMetrics, "made", "bad", normalisation="raw")
    with pytest.raises(UserError, match="normalised differently: good plain, bad raw"):
        compare("made", ["good", "bad"])


@pytest.mark.parametrize("speakers", [0, 16], ids=["utterances", "speakers"])
def test_equal_candidates_differ_significantly_no_more_often_than_chance_allows(speakers):
    random, alarms, naive, tries = np.random.default_rng(2), 0, 0, 150
    for seed in range(tries):
        groups = np.arange(speakers).repeat(20) if speakers else None
        tables = [np.zeros((len(groups) if speakers else 50, 8), np.int64) for _ in range(2)]
        for table in tables:
            hard = random.beta(2, 8, speakers)[groups] if speakers else 0.2
            table[:, 0], table[:, 1] = 4, random.binomial(4, hard, len(table))
        whole, single = Resampling(300, seed, groups), Resampling(300, seed)
        alarms += scored([], tables, word_error_rate.PRIMARY, whole).pair(0, 1).p < 0.05
        naive += scored([], tables, word_error_rate.PRIMARY, single).pair(0, 1).p < 0.05
    print(alarms / tries, naive / tries)
    assert alarms <= within(tries, 0.05)[1]
    assert not speakers or naive > 0.2 * tries
