"""Few positives flatter an average precision: its interval allows for what halves of them show."""

import numpy as np
import pytest
from factories import worlds
from factories.worlds import Draw
from sklearn.metrics import average_precision_score

from helpers.metrics import ranking_intervals
from helpers.metrics.statistics.bootstrap import Resampling


@pytest.mark.parametrize("levels", [7, 10_000])
def test_the_precision_of_draws_is_that_of_their_items(levels):
    random = np.random.default_rng(0)
    score, positive = random.integers(0, levels, 200) / levels, random.random(200) < 0.2
    drawn = (random.random((200, 6)) < 0.5).astype(np.uint8)
    found = ranking_intervals._precisions(positive, score, drawn)
    items = [each == 1 for each in drawn.T]
    expected = [average_precision_score(positive[each], score[each]) for each in items]
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_lower_limit_reaches_further_where_each_of_many_classes_has_few_items():
    labels, [scores] = worlds.probabilities(
        Draw(300, np.random.default_rng(1)), np.full(12, 1 / 12), [1.5]
    )
    found = ranking_intervals.ranking_interval("average-precision", labels, scores)
    assert found.value - found.low > 1.05 * (found.high - found.value)


def test_groups_are_halved_as_a_whole():
    random = np.random.default_rng(2)
    labels, [scores] = worlds.probabilities(Draw(120, random), np.full(4, 0.25), [1.5])
    order = random.permutation(120)  # each item five times, as a group
    five = np.repeat(order, 5)
    alone = ranking_intervals.ranking_interval("average-precision", labels[order], scores[order])
    grouped = ranking_intervals.ranking_interval(
        "average-precision", labels[five], scores[five], Resampling(groups=np.repeat(order, 5))
    )
    assert grouped.high - grouped.low == pytest.approx(1.12 * (alone.high - alone.low), rel=0.15)
