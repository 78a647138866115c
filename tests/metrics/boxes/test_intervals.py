"""Intervals of the detection metrics: they hold what many images show, and odd inputs are told."""

import warnings

import numpy as np
import pytest
from factories.detections import random_table, table
from factories.trials import holds, within
from factories.worlds import Draw, boxes, drawn_boxes

from helpers.metrics import registry
from helpers.metrics.detection import by_class, estimates, froc, match, values
from helpers.metrics.statistics.bootstrap import Resampling

TRIES = 40


@pytest.mark.parametrize(
    ("items", "more"),
    [(40, (3, 1, 1.4, 1.0)), (12, (2, 10, 1.4, 1.5))],
    ids=["images", "groups"],
)
def test_they_hold_the_truth(items, more):
    truth = boxes(Draw(6_000 // more[1], np.random.default_rng(0), 2), *more)
    hits = {name: [] for name in truth}
    for seed in range(TRIES):
        for name, each in boxes(Draw(items, np.random.default_rng([seed, 9]), 200), *more).items():
            if np.isfinite(each.low):
                hits[name].append(each.low <= truth[name].value <= each.high)
    for name, kept in hits.items():
        assert holds(sum(kept), len(kept)), (name, np.mean(kept))
    everything = np.concatenate([*hits.values()])
    assert everything.mean() < 0.99 and len(everything) > within(TRIES, 0.9)[0]


def test_every_interval_holds_its_value_and_has_a_width():
    random = np.random.default_rng(1)
    for seed in range(40):
        images, classes = (int(random.choice(each)) for each in ([1, 2, 3, 5, 20], [1, 2, 6]))
        made = random_table(random, images, classes, float(random.choice([0, 1, 5])))
        groups = random.integers(0, 4, images) if seed % 3 == 0 else None
        found, drawn = match(made), Resampling(100, seed, groups)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            every = estimates(found, drawn, float(random.choice([0.0, 0.5, 1.1])))
            alarms = froc(found, drawn)
            rows = by_class(found, drawn, 0.5)
        assert every.keys() == {*registry.names("detection")}
        for name, each in [*every.items(), *alarms.items()]:
            assert np.isfinite(each.low) == np.isfinite(each.high)
            if np.isnan(each.low):
                assert each.note, name
                continue
            assert each.low <= each.value <= each.high and each.high - each.low > 1e-6, (name, each)
            assert each.low >= 0 and (
                each.high <= 1
                or registry.METRICS.get(name) is None
                or registry.METRICS[name].highest > 1
            )
        known = rows.dropna(subset="low")
        assert (known["low"] <= known["ap"]).all() and (known["ap"] <= known["high"]).all()
        assert (known["high"] - known["low"] > 1e-6).all()
        assert rows["ap"].notna().equals(rows["objects"] > 0)


def test_the_values_are_those_of_all_images():
    found = match(drawn_boxes(Draw(30, np.random.default_rng(2)), 4, 1, 1.4, 1.5)[0])
    plain = values(found, threshold=0.4)
    for name, each in estimates(found, Resampling(50), 0.4).items():
        assert each.value == pytest.approx(plain[name])


def test_false_alarms_are_counted_where_enough_objects_are_found():
    truth = [(image, 0, (0, 0, 20, 20), False) for image in range(10)]
    right = [(*row[:3], 0.9 - image / 100) for image, row in enumerate(truth)]
    false = [(image, 0, (50, 50, 9, 9), 0.895 - image / 100) for image in range(10)]
    found = froc(match(table(10, 1, truth, right + false)), Resampling(300))
    assert found[0.8].value == pytest.approx(0.7) and found[0.9].value == pytest.approx(0.8)
    assert found[0.8].low < 0.7 < found[0.8].high
    few = froc(match(table(10, 1, truth, right[:8] + false)), Resampling(300))
    assert np.isnan(few[0.9].value) and "80%" in few[0.9].note
    spotless = froc(match(table(10, 1, truth, right)), Resampling(300))[0.8]
    assert spotless.value == spotless.low == 0 and spotless.high > 0.1


def test_what_hardly_finds_anything_has_no_interval_up_to_everything():
    """Corrected for its bias it would be below 0, from where the logit scale goes anywhere."""
    widths = []
    for seed in range(12):
        [made] = drawn_boxes(Draw(30, np.random.default_rng(seed)), 3, 1, -0.6, 4)
        widths.append(estimates(match(made), Resampling(200))["average-precision-50"])
    assert max(each.high for each in widths) < 0.6
    assert sum(each.low <= 0.02 <= each.high for each in widths) >= 10  # what a large sample gives
