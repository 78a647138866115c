"""Training's luck apart from the items': known components come back, and a study shows them."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formula
from factories.study import made_study, saved
from factories.trials import covers, within
from statsmodels.stats.anova import anova_lm

from helpers.comparison import leaderboard, seeds
from helpers.metrics import registry
from helpers.metrics.statistics.variance_components import components, contrast
from helpers.metrics.unit_contributions import Answers, UnitContributions

MEAN = 0.8


def drawn(seeds, items, training, item, rest, random, families=1):
    """Families of runs over the same items, [F, S, I], from known standard deviations."""
    shared = random.normal(0, item, items)
    shape = (families, seeds, items)
    runs = random.normal(0, training, (families, seeds, 1))
    return MEAN + runs + shared + random.normal(0, rest, shape)


@pytest.mark.parametrize(("seeds", "training"), [(3, 0.03), (5, 0.02), (10, 0.05)])
def test_known_components_come_back_and_their_intervals_cover(seeds, training):
    random, tries, hits, found = np.random.default_rng(seeds), 500, np.zeros(2, int), []
    for _ in range(tries):
        [table] = drawn(seeds, 300, training, 0.3, 0.25, random)
        each = components(table)
        found.append([each.training**2, each.sampling**2])
        hits += [
            each.low <= MEAN <= each.high,
            each.training_low <= training <= each.training_high,
        ]
    spread = np.sqrt(np.mean(found, axis=0))
    print(seeds, hits / tries, spread)
    assert spread == pytest.approx([training, np.hypot(0.3, 0.25) / np.sqrt(300)], rel=0.12)
    assert covers(hits[0], tries) and covers(hits[1], tries)


@pytest.mark.parametrize(("runs", "training"), [(2, 0.03), (3, 0.03), (5, 0.01)])
def test_families_alike_are_seldom_told_apart_though_items_alone_would(runs, training):
    random, tries, alarms, alone, naive = np.random.default_rng(4), 400, 0, 0, 0
    for _ in range(tries):
        a, b = drawn(runs, 1000, training, 0.3, 0.2, random, families=2)
        alarms += contrast(a, b)[3] < 0.05
        alone += contrast(a, b[:1])[3] < 0.05
        naive += contrast(a[:1], b[:1])[3] < 0.05
    print(alarms / tries, alone / tries, naive / tries)
    assert alarms <= within(tries, 0.05)[1] and alone <= within(tries, 0.05)[1]
    assert naive > alone and (training < 0.02 or naive / tries > 0.3)


def test_the_mean_squares_are_those_of_statsmodels():
    [table] = drawn(4, 12, 0.1, 0.3, 0.2, np.random.default_rng(5))
    long = pd.DataFrame(
        {
            "y": table.ravel(),
            "seed": np.arange(4).repeat(12).astype(str),
            "item": np.tile(np.arange(12), 4).astype(str),
        }
    )
    theirs = anova_lm(formula.ols("y ~ C(seed) + C(item)", long).fit())["mean_sq"]
    found = components(table)
    variance = (theirs["C(seed)"] - theirs["Residual"]) / 12
    assert found.training**2 == pytest.approx(max(0, variance))
    sampling = ((theirs["C(item)"] - theirs["Residual"]) / 4 + theirs["Residual"]) / 12
    assert found.sampling**2 == pytest.approx(sampling)


@pytest.mark.parametrize("metric", registry.functions("counts", "scores", "ranking"))
def test_pseudo_values_have_the_metric_as_their_mean(metric):
    random = np.random.default_rng(6)
    labels, scores = random.integers(0, 3, 60), random.dirichlet([1, 1, 1], (1, 60))
    for groups in (np.arange(60), np.arange(60) // 5):
        answers = Answers(labels, scores.argmax(2), 3, list(scores), groups)
        contributions = UnitContributions(metric, answers)
        values = contributions.pseudo_values(0)
        direct = float(contributions.value(contributions.table(0).sum(axis=0)))
        assert values.shape == (groups.max() + 1,) and values.mean() == pytest.approx(direct)
    if metric == "accuracy":
        contributions = UnitContributions(metric, Answers(labels, scores.argmax(2), 3))
        right = (scores[0].argmax(1) == labels).astype(float)
        assert contributions.pseudo_values(0) == pytest.approx(right)


@pytest.mark.filterwarnings("error")
def test_identical_and_perfect_runs_have_no_spread():
    same = components(np.tile(np.array([1.0, 0, 1, 1, 0]), (3, 1)))
    assert same.training == same.training_high == 0 and same.sampling > 0 and same.share == 0
    perfect = components(np.ones((3, 5)))
    assert perfect.together == 0 and perfect.low == perfect.high == 1
    difference, low, high, p, error, _ = contrast(np.ones((3, 5)), np.ones((2, 5)))
    assert (difference, p) == (0, 1) and low < 0 < high and error > 0


@pytest.mark.filterwarnings("error")
def test_few_units_prove_no_difference_between_families():
    """All right against all wrong: a test by swaps has no p below 2 ** (1 - units)."""
    for units in (1, 2, 5):
        _, low, high, p, _, _ = contrast(np.ones((2, units)), np.zeros((2, units)))
        assert p == 2.0 ** (1 - units) and np.isnan([low, high]).all() == (units < 3)
    assert contrast(np.ones((2, 50)), np.zeros((1, 50)))[3] < 0.001
    one = components(np.array([[0.8], [0.7]]))
    assert one.value == 0.75 and np.isnan([one.low, one.high, one.training]).all()


@pytest.mark.parametrize("groups", [1, 2])
def test_families_on_items_of_few_groups_are_compared_in_words(repository, groups):
    names = ["a-seed-0", "a-seed-1", "b-seed-0", "b-seed-1"]
    made_study(dict.fromkeys(names[:2], 0.5) | dict.fromkeys(names[2:], 2), groups=groups)
    found = leaderboard.compare("made", names, resamples=200)
    assert found.groups == groups and found.tied_with == ["a"]
    assert not any("nan" in sentence for sentence in [*found.answer, *found.details])
    leaderboard.save(found)


def test_a_difference_stays_within_the_bounds_of_its_metric(repository):
    names = ["a-seed-0", "a-seed-1", "b-seed-0", "b-seed-1"]
    made_study(dict.fromkeys(names[:2], 0.5) | dict.fromkeys(names[2:], 3), items=100, groups=3)
    [pair] = leaderboard.compare("made", names, "accuracy", 200).pairs.to_dict("records")
    assert -1 <= pair["low"] < pair["high"] <= 1


def test_a_study_with_seeds_shows_them_apart_and_one_without_says_so(repository):
    names = [f"finetune-a-seed-{seed}" for seed in (0, 1, 2)]
    strengths = {name: 1.5 + 0.4 * seed for seed, name in enumerate(names)} | {"pixels": 0.8}
    made_study(strengths, items=1600)
    board = leaderboard.compare("made", list(strengths), resamples=300)
    found = board.seeds
    assert any("finetune-a" in line and "3 seeds" in line for line in board.details)
    [family] = found.families.to_dict("records")
    assert family["family"] == "finetune-a" and family["seeds"] == 3
    assert family["training"] > 0.005 and family["sampling"] > 0.005
    values = found.runs["value"].to_numpy()
    assert family["value"] == pytest.approx(values.mean())
    [pair] = board.pairs.to_dict("records")
    assert (pair["a"], pair["b"]) == ("finetune-a", "pixels") and pair["p_holm"] < 0.05
    first = board.table.iloc[0]
    assert board.winner == "finetune-a" and first["runs"] == names and first["run"] in names
    assert first["value"] == pytest.approx(values.mean()) and len(board.table) == 2
    assert first["low"] <= family["low"] and "mean of 3 seeds" in board.answer[0]
    leaderboard.save(board)
    assert saved("made", "leaderboard.json")["rows"][0]["runs"] == names
    assert leaderboard.compare("made", ["pixels"], resamples=300).seeds is None
    assert seeds.families_of(["a-seed-0", "b"]) == {}


def test_a_run_without_a_seed_is_not_lost_beside_a_family_of_its_name(repository):
    names = ["probe-a", "probe-a-seed-0", "probe-a-seed-1", "probe-b-seed-0"]
    made_study(dict.fromkeys(names, 1.5), items=400)
    found = leaderboard.compare("made", names, resamples=200)
    assert set(found.table["candidate"]) == {"probe-a", "probe-a-seeds", "probe-b-seed-0"}
    assert sorted(found.table["runs"].sum()) == names and len(found.pairs) == 3


@pytest.mark.parametrize("metric", ["accuracy", "log-loss"])
def test_of_the_same_runs_the_luckiest_is_not_the_headline(repository, metric):
    names = [f"probe-a-seed-{seed}" for seed in range(4)]
    made_study({name: 1.5 + 0.2 * seed for seed, name in enumerate(names)}, items=800)
    found = leaderboard.compare("made", names, metric, 300)
    runs = found.seeds.runs["value"]
    assert len(found.table) == 1 and found.expected.value == pytest.approx(runs.mean())
    assert found.expected.low < runs.min() and runs.max() < found.expected.high
    assert not len(found.pairs) and "mean of 4 seeds" in found.answer[0]


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
def test_families_are_not_told_apart_by_one_positive(metric):
    """As with single runs: whose answer to it is whose may be a coin's toss."""
    labels, alone, alarms = np.arange(60) // 59, 0, 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        seen = random.normal(size=(2, 1, 60)) + 0.25 * random.normal(size=(2, 3, 60))
        ones = (1 / (1 + np.exp(-seen - labels))).reshape(6, 60)
        scores = [np.column_stack([1 - one, one]) for one in ones]
        units = UnitContributions(metric, Answers(labels, (ones > 0.5).astype(int), 2, scores))
        runs = np.array([units.pseudo_values(run) for run in range(6)])
        tossed = [units.tossed(a, b) for a in range(3) for b in range(3, 6)]
        alone += contrast(runs[:3], runs[3:])[3] < 0.05
        found = contrast(runs[:3], runs[3:], float(np.linalg.norm(np.mean(tossed, axis=0))))
        alarms += found[3] < 0.05
        assert found[1] <= 0 <= found[2]
    assert alone > 3 and alarms == 0


def test_no_lead_is_shown_that_no_candidate_can_have(repository):
    """Two runs far apart: one degree of freedom would show a lead of several hundred points."""
    names = ["a-seed-0", "a-seed-1", "b"]
    made_study(dict(zip(names, (0.2, 3, 1.5), strict=True)), items=400)
    found = leaderboard.compare("made", names, "accuracy", 200)
    assert found.detectable_difference == np.inf == found.pairs["detectable"].iloc[0]
    assert "even the largest lead possible" in found.answer[2]
    leaderboard.save(found)
