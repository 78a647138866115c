"""The validation score: every metric that may choose."""

import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.metrics.metric import CLASSIFICATION
from helpers.metrics.registry import names
from helpers.training import validation_score


@pytest.mark.parametrize("primary", names(CLASSIFICATION, may_choose=True))
def test_every_metric_prefers_the_better_scores(primary):
    labels = np.array([0, 1, 2] * 20)
    right = np.eye(3)[labels] * 0.9 + 0.1 / 3
    wrong = np.roll(right, 1, axis=0)
    good, bad = (validation_score.score(primary, labels, scores) for scores in (right, wrong))
    assert good > bad
    if primary != "log-loss":
        assert good == pytest.approx(1)


def test_an_unknown_metric_names_the_closest():
    with pytest.raises(UserError, match="macro-f1"):
        validation_score.score("macro-f2", np.array([0]), np.ones((1, 2)) / 2)
