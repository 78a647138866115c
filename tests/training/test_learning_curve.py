"""A learning curve is measured on train and validation alone, in parts as the study's own."""

import numpy as np
import pandas as pd
import pytest
from factories.dataset import made_dataset, positions, relabelled

from helpers.core.records.training import Training
from helpers.report import figures
from helpers.training import fit, learning_curve
from helpers.training.results import AdaptationRequest

PIXELS = {"image_size": 8, "regularisation": [1e-3, 1e-2, 1e-1, 1.0], "class_weight": None}


def pixels(data, primary="accuracy", model="pixels"):
    return fit.fit(AdaptationRequest(data, model, PIXELS, primary, 0), model, "baseline")


@pytest.fixture(scope="module")
def made():
    return made_dataset(items=400, gap=6)


def test_the_score_rises_with_the_items_and_the_test_has_no_part(repository, made):
    trained = pixels(made)
    curve = learning_curve.measure(trained)
    assert not curve.reason and curve.items == 320 and curve.metric == "accuracy"
    assert curve.sizes == pytest.approx([32, 64, 128, 256])
    assert curve.values[-1] > curve.values[0]
    assert 0 <= curve.gain[1] <= curve.gain[0] <= curve.gain[2]
    assert learning_curve.measure(pixels(relabelled(made, "test"))) == curve
    assert figures.learning_curve(curve).axes[0].lines
    fit.save(trained, fit.predict(trained))
    learning_curve.save(trained, curve)
    assert Training.read("tiny", "pixels").curve == curve
    learning_curve.save(trained, None)
    assert Training.read("tiny", "pixels").curve == curve


@pytest.mark.parametrize("primary", ["macro-f1", "log-loss", "roc-auc"])
def test_any_primary_metric_has_a_curve(repository, made, primary):
    curve = learning_curve.measure(pixels(made, primary))
    assert curve.metric == primary and np.isfinite([*curve.gain, *curve.values]).all()


def test_few_items_or_nothing_learned_have_a_reason(repository, made):
    assert "too few" in learning_curve.measure(pixels(made_dataset(items=150))).reason
    assert learning_curve.measure(pixels(made, model="majority")) is None


def test_groups_stay_whole_and_classes_stay_mixed():
    random = np.random.default_rng(0)
    labels, units = random.integers(0, 3, 600), np.arange(600)
    place = learning_curve.order(labels, units, random)
    assert sorted(place) == list(range(600))
    early = np.bincount(labels[place < 60], minlength=3) / np.bincount(labels)
    assert np.ptp(early) < 0.03
    groups = random.integers(0, 40, 600)
    place = learning_curve.order(labels, groups, random)
    assert pd.Series(place).groupby(groups).nunique().max() == 1 and place.max() < 40


def test_an_item_of_a_held_group_is_never_learned_from(repository, made, monkeypatch):
    frame = made.frame.assign(group=[f"g{number // 8}" for number in range(len(made.frame))])
    data, seen = learning_curve.replace(made, frame=frame), []
    scores = learning_curve.scores_from

    def spied(trained, learn, train, held, options):
        groups = frame["group"].to_numpy()
        seen.append(set(groups[learn]) & set(groups[held]))
        assert not set(learn) & set(positions(data, "test"))
        return scores(trained, learn, train, held, options)

    monkeypatch.setattr(learning_curve, "scores_from", spied)
    assert not learning_curve.measure(pixels(data)).reason
    assert len(seen) == 20 and not any(seen)
