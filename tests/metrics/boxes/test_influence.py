"""What each image or group stands for in a metric."""

import numpy as np
import pytest
from factories.detections import random_table
from factories.worlds import Draw, drawn_boxes

from helpers.metrics.detection import METRIC_NAMES, match, pseudo_values, values
from helpers.metrics.statistics.bootstrap import Resampling, group_codes

GROUPS = np.arange(60) % 25


@pytest.fixture(scope="module")
def found():
    return match(drawn_boxes(Draw(60, np.random.default_rng(3)), 3, 1, 1.4, 1.5)[0])


@pytest.mark.parametrize("name", ["average-recall", "lrp-error", "detection-f1"])
def test_the_slope_is_that_of_the_metric(found, name):
    step = 1e-3
    weights = 1 + step * np.vstack([np.eye(60), -np.eye(60)])
    up, down = np.split(values(found, [name], weights, 0.4)[name], 2)
    slope = (up - down) / (2 * step)
    ours = pseudo_values(found, name, threshold=0.4) - values(found, [name], threshold=0.4)[name]
    assert ours == pytest.approx(60 * (slope - slope.mean()), abs=0.1 * np.abs(ours).max())


@pytest.mark.parametrize("name", METRIC_NAMES)
@pytest.mark.parametrize("groups", [None, GROUPS])
def test_their_mean_is_the_metric_and_their_spread_its_error(found, name, groups):
    units = pseudo_values(found, name, groups, 0.4)
    count = 60 if groups is None else 25
    assert len(units) == count
    assert units.mean() == pytest.approx(values(found, [name], threshold=0.4)[name])
    code, _ = group_codes(groups, 60)
    weights = Resampling(600).weights(count)
    drawn = values(found, [name], weights[code].T, 0.4)[name]
    told = (units - units.mean()) @ weights / count
    assert np.corrcoef(drawn, told)[0, 1] > (0.7 if "small" in name or "large" in name else 0.93)
    assert 0.8 < told.std() / drawn.std() < 1.2


def test_nothing_to_find_has_no_value():
    made = random_table(np.random.default_rng(0), 5, 2, objects=0)
    assert np.isnan(pseudo_values(match(made), "mean-average-precision")).all()
