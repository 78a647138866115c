"""The best of several is picked for its score: what is quoted must still hold the truth."""

import numpy as np
import pytest
from factories.trials import within
from scipy.stats import norm
from sklearn.metrics import f1_score

from helpers.metrics.classification import estimate
from helpers.metrics.probabilistic import influence
from helpers.metrics.registry import METRICS
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.after_selection import after_selection
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import wilson
from helpers.metrics.unit_contributions import Answers


def rights(accuracies, items, random, shared=0.5):
    """Whether each candidate is right [N, M]; their errors are correlated, as real ones are."""
    luck = np.sqrt(shared) * random.normal(size=(items, 1))
    own = np.sqrt(1 - shared) * random.normal(size=(items, len(accuracies)))
    return (luck + own < norm.ppf(accuracies)).astype(float)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("accuracies", "items"),
    [
        ([0.85] * 2, 100),
        ([0.85] * 8, 300),
        ([0.85] * 16, 100),
        ([0.88] + [0.85] * 7, 300),
        ([0.95] + [0.85] * 7, 100),
        ([0.97] * 8, 100),
    ],
)
def test_the_corrected_interval_covers_and_the_plain_one_is_too_rosy(accuracies, items, sign):
    random, tries, hits, plain, optimism = np.random.default_rng(items), 400, 0, 0, np.zeros(2)
    for _ in range(tries):
        right = rights(accuracies, items, random)
        scores = right if sign > 0 else 1 - right
        values, samples = scores.mean(axis=0), Resampling(300).drawn(scores) / items
        best = int((sign * values).argmax())
        own, truth = wilson(scores[:, best].sum(), items), accuracies[best]
        truth = truth if sign > 0 else 1 - truth
        found = after_selection(values, samples, own.low, own.high, sign)
        hits += found.low <= truth <= found.high
        plain += own.low <= truth <= own.high
        optimism += sign * (np.array([own.value, found.value]) - truth) / tries
    print(accuracies, items, sign, hits / tries, plain / tries, optimism)
    assert hits >= within(tries, 0.93)[0]
    if accuracies[0] == accuracies[-1] and len(accuracies) > 2:
        assert abs(optimism[1]) < 0.7 * optimism[0]


def test_one_candidate_keeps_exactly_what_it_had():
    samples = np.random.default_rng(0).normal(0.8, 0.03, (500, 1))
    alone = after_selection(np.array([0.8]), samples, 0.7, 0.9)
    among_undefined = after_selection(
        np.array([np.nan, 0.8]), np.hstack([np.full((500, 1), np.nan), samples]), 0.7, 0.9
    )
    for found in (alone, among_undefined):
        assert (found.value, found.low, found.high) == (0.8, 0.7, 0.9)
    assert np.isnan(after_selection(np.array([np.nan]), samples, 0.7, 0.9).value)


@pytest.mark.filterwarnings("error")
def test_no_spread_no_interval_and_copies_are_no_trouble():
    random = np.random.default_rng(1)
    still = after_selection(np.ones(3), np.ones((200, 3)), 0.9, 1.0)
    assert (still.value, still.low, still.high) == (1.0, pytest.approx(0.9), 1.0)
    noisy = 0.8 + 0.03 * random.normal(size=(5000, 1))
    copies = after_selection(np.full(4, 0.8), np.tile(noisy, 4), 0.75, 0.85)
    assert copies.value == pytest.approx(0.8, abs=0.002)
    assert copies.low == pytest.approx(0.75, abs=0.003) and copies.high == 0.85
    perfect = after_selection(np.array([1.0, 0.8]), np.hstack([np.ones((5000, 1)), noisy]), 0.9, 1)
    assert perfect.value == 1 and 0.85 < perfect.low <= 0.9
    bare = after_selection(np.array([0.9, 0.8]), np.hstack([noisy + 0.1, noisy]), np.nan, np.nan)
    assert np.isfinite(bare.value) and np.isnan(bare.low) and np.isnan(bare.high)


def test_a_clear_winner_is_hardly_moved_and_more_candidates_move_it_more():
    random = np.random.default_rng(2)
    noise = random.normal(0, 0.02, (4000, 16))
    clear = after_selection(np.array([0.9, 0.5]), noise[:, :2] + [0.9, 0.5], 0.86, 0.94)
    assert clear.value == pytest.approx(0.9, abs=0.001)
    moved = [
        after_selection(np.full(m, 0.9), noise[:, :m] + 0.9, 0.86, 0.94).low for m in (1, 2, 4, 16)
    ]
    assert moved == sorted(moved, reverse=True) and moved[-1] < 0.84


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision", "log-loss", "macro-f1"])
@pytest.mark.parametrize("candidates", [2, 8])
def test_the_corrected_interval_of_any_metric_covers(metric, candidates):
    def world(items, count, random):
        labels, luck = (random.random(items) < 0.3).astype(int), random.normal(size=items)
        logits = 1.5 * (2 * labels - 1) + luck + random.normal(size=(count, items))
        scores = 1 / (1 + np.exp(-logits))
        return labels, np.stack([1 - scores, scores], axis=-1)

    def scored(labels, scores):
        answers = Answers(labels, scores.argmax(axis=-1), 2, list(scores))
        return resampled_metric(metric, answers, 300, 1)

    random, tries, hits, sign = np.random.default_rng(3), 150, 0, -1 if metric == "log-loss" else 1
    labels, [scores] = world(100_000, 1, random)
    if metric == "macro-f1":
        truth = f1_score(labels, scores.argmax(axis=-1), average="macro")
    else:
        truth = influence(METRICS[metric], labels, scores)[0]
    for _ in range(tries):
        labels, scores = world(100, candidates, random)
        values, samples = scored(labels, scores)
        best = scores[int((sign * values).argmax())]
        own = estimate(metric, labels, best.argmax(axis=-1), best, Resampling(300, 1))
        found = after_selection(values, samples, own.low, own.high, sign)
        hits += found.low <= truth <= found.high
    print(metric, candidates, hits / tries)
    assert hits >= within(tries, 0.93)[0]


def test_a_winner_that_never_varies_had_no_luck():
    samples = np.column_stack([np.ones(500), np.random.default_rng(0).gamma(2, 2, 500)])
    found = after_selection(np.array([1.0, 4.0]), samples, 0.86, 1.0, sign=-1)
    assert (found.value, found.low, found.high) == (1.0, 0.86, 1.0)
