"""Candidates over several studies: golden ranks and tests, and what few data sets cannot show."""

import baycomp
import numpy as np
import pytest
from factories.study import made_study, saved
from factories.trials import within
from scikit_posthocs import posthoc_nemenyi_friedman
from scipy.stats import friedmanchisquare, rankdata

from helpers.comparison import leaderboard, multiple_studies
from helpers.core.errors import UserError
from helpers.metrics.statistics.multiple_datasets import (
    critical_difference,
    friedman,
    least_p,
    nemenyi,
    ranks,
    signed_rank,
)
from helpers.metrics.statistics.multiple_datasets import within as within_one

STRENGTHS = {"majority": 0.0, "pixels": 1.0, "probe-a": 1.9}


def test_ranks_are_shared_by_ties_and_start_with_the_best():
    assert ranks([[0.9, 0.8, 0.9, 0.1]]).tolist() == [[1.5, 3, 1.5, 4]]
    scores = np.random.default_rng(0).random((5, 4)).round(1)
    assert (ranks(scores) == rankdata(-scores, axis=1)).all()


def test_the_critical_difference_is_that_of_demsars_table():
    """Demsar (2006): q 2.569 for four classifiers, CD 1.25 on 14 data sets."""
    assert critical_difference(14, 4) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(1, 10) * np.sqrt(6 / 110) == pytest.approx(3.164, abs=0.001)


def test_friedmans_shuffles_agree_with_chi_squared_where_it_is_good():
    scores = np.random.default_rng(1).normal(size=(30, 4)) + [0, 0, 0.2, 0.5]
    assert friedman(ranks(scores)) == pytest.approx(friedmanchisquare(*scores.T).pvalue, abs=0.01)


def test_full_agreement_gives_the_least_p_and_chance_no_alarm():
    for sets, candidates in ((2, 3), (3, 3), (2, 4)):
        agreed = np.tile(np.arange(1.0, candidates + 1), (sets, 1))
        assert friedman(agreed) == pytest.approx(least_p(sets, candidates), abs=0.012)
    random, tries = np.random.default_rng(2), 150
    alarms = sum(friedman(ranks(random.normal(size=(4, 4)))) <= 0.05 for _ in range(tries))
    assert alarms <= within(tries, 0.05)[1]


def test_nemenyi_and_the_signed_rank_test_are_those_of_the_libraries():
    scores = np.random.default_rng(3).normal(size=(8, 3))
    assert nemenyi(scores) == pytest.approx(posthoc_nemenyi_friedman(-scores).to_numpy())
    theirs = baycomp.SignedRankTest.probs(scores[:, 1], scores[:, 0], 0.1, random_state=5)
    ours = signed_rank(scores[:, 0] - scores[:, 1], 0.1)
    assert [ours.worse, ours.same, ours.better][::-1] == pytest.approx(theirs[::-1], abs=0.02)


def test_posteriors_sum_to_one_and_turn_round():
    gaps = np.array([0.03, 0.02, 0.04, -0.01, 0.02])
    for one in (signed_rank, lambda gap, rope: within_one(gap.mean(), gap.std(), rope)):
        there, back = one(gaps, 0.01), one(-gaps, 0.01)
        assert there.better + there.same + there.worse == pytest.approx(1)
        assert there.better == pytest.approx(back.worse, abs=0.02) and there.better > 0.5
    assert signed_rank(np.zeros(3), 0.01).same == 1
    assert within_one(0.0, 0.001, 0.01).same > 0.999
    assert within_one(0.5, 0.01, 0.01).same == 0  # not a little less, by rounding
    assert within_one(0.05, 0.01, 0.01).better > 0.999 > within_one(0.05, 0.01, 0.01, 0.2).better
    assert np.isnan(within_one(0.05, 0.01, 0.01, np.nan).better)  # too few groups for an interval


def test_within_one_study_the_probability_is_calibrated():
    """Flat prior: among differences judged better with 0.8 to 0.9, so many truly are."""
    random = np.random.default_rng(4)
    truth = random.normal(0, 1, 20_000)  # far wider than the error: as good as flat
    seen = truth + random.normal(0, 0.05, truth.size)
    said = np.array([within_one(gap, 0.05, 0.05).better for gap in seen])
    chosen = (said > 0.6) & (said < 0.95)
    right = truth[chosen] > 0.05
    assert right.mean() == pytest.approx(said[chosen].mean(), abs=0.05) and chosen.sum() > 100


@pytest.fixture
def studies(repository):
    for number, name in enumerate(("one", "two", "three")):
        made_study(STRENGTHS, study=name, items=1200, seed=number)
        leaderboard.save(leaderboard.compare(name, list(STRENGTHS), resamples=300))
    return ["one", "two", "three"]


def test_leaderboards_become_one_comparison_that_says_what_it_cannot_show(studies):
    result = multiple_studies.compare("across", studies, list(STRENGTHS))
    assert result.candidates == ["probe-a", "pixels", "majority"]
    assert result.table["mean_rank"].tolist() == [1, 2, 3]
    assert (result.pairs["mean_difference"] > 0).all() and len(result.each) == 9
    assert (result.each["difference"] > 0).all()
    said = multiple_studies.sentences(result)
    assert said[0].startswith("probe-a has ") and "1.0 of 3" in said[0] and "one, two" in said[0]
    assert any("6 data sets" in sentence for sentence in said)
    two = multiple_studies.compare("across", studies[:2], list(STRENGTHS))
    said = " ".join(multiple_studies.sentences(two))
    assert "prior" in said and f"{two.least_p:.3f}" in said
    assert two.critical_difference > 2 and f"{two.critical_difference:.1f}" in said
    multiple_studies.save(result)
    kept = saved("across", "across.json")
    assert kept["recommendation"] and kept["values"]["one"].keys() == STRENGTHS.keys()


def test_equals_share_the_best_mean_rank(studies):
    result = multiple_studies.compare("across", studies, list(STRENGTHS))
    result.table["mean_rank"] = [1.5, 1.5, 3.0]
    first = multiple_studies.sentences(result)[0]
    assert first.startswith("probe-a and pixels share ") and "1.5" in first


def test_a_loss_is_turned_so_that_less_is_better(studies):
    for name in studies:
        board = leaderboard.compare(name, list(STRENGTHS), "log-loss", resamples=300)
        leaderboard.save(board)
    result = multiple_studies.compare("across", studies, list(STRENGTHS))
    assert result.candidates[0] == "probe-a" and (result.each["difference"] > 0).all()


def test_what_is_missing_gets_one_line(studies):
    with pytest.raises(UserError, match="no macro-f1 of probe-z"):
        multiple_studies.compare("across", studies, ["majority", "probe-z"])
    with pytest.raises(UserError, match="run `make four` first"):
        multiple_studies.compare("across", [*studies, "four"], ["majority", "pixels"])
    with pytest.raises(UserError, match="two studies"):
        multiple_studies.compare("across", studies[:1], ["majority", "pixels"])
