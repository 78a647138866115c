"""Fits on few labels: alike for all candidates, learned from those labels alone."""

import numpy as np
import pytest
from factories.dataset import made_dataset, positions, relabelled

from helpers.training import few_labels, fit
from helpers.training.results import AdaptationRequest

PIXELS = {"image_size": 8, "regularisation": [1e-3, 1e-2, 1e-1, 1.0], "class_weight": None}
ASKED = [8, 40, 200, 9999]


def pixels(data, model="pixels"):
    return fit.fit(AdaptationRequest(data, model, PIXELS, "accuracy", 0), model, "baseline")


@pytest.fixture(scope="module")
def data():
    return made_dataset(items=400, gap=6)


def test_accuracy_rises_with_the_labels_and_counts_beyond_the_items_are_left_out(repository, data):
    trained = pixels(data)
    curve = few_labels.measure(trained, ASKED)
    assert curve.sizes == [8, 40, 200] and curve.items == 320 and curve.metric == "accuracy"
    assert curve.values[0] < curve.values[-1] and "320" in curve.reason
    assert few_labels.measure(trained, [400]).sizes == []
    for low, value, high in zip(curve.low, curve.values, curve.high, strict=True):
        assert 0 <= low < value < high <= 1
    assert few_labels.measure(trained, ASKED) == curve
    assert few_labels.measure(trained, []) is None


def test_the_labels_of_the_test_items_only_score(repository, data):
    here = few_labels.measure(pixels(data), ASKED)
    chance = few_labels.measure(pixels(relabelled(data, "test")), ASKED)
    assert here.values[-1] > 0.8 > 0.65 > chance.values[-1]


def test_no_fit_sees_more_than_the_draw_and_none_sees_a_test_item(repository, data, monkeypatch):
    seen, scores = [], few_labels.scores_from

    def spied(trained, learn, train, scored, options):
        assert set(train) < set(learn) and not set(learn) & set(positions(data, "test"))
        seen.append(set(learn))
        return scores(trained, learn, train, scored, options)

    monkeypatch.setattr(few_labels, "scores_from", spied)
    few_labels.measure(pixels(data), ASKED)
    assert [len(each) for each in seen] == [8, 40, 200] * few_labels.DRAWS
    assert seen[0] < seen[1] < seen[2] and seen[0] != seen[3]


def test_labels_of_one_class_answer_that_class(repository):
    data = made_dataset(items=300, classes=("dark", "light"))
    frame = data.frame.assign(label=np.where(np.arange(300) % 60 == 0, "light", "dark"))
    rare = few_labels.replace(data, frame=frame) if hasattr(few_labels, "replace") else None
    rare = rare or type(data)(data.study, frame, data.classes, data.digest, data.items)
    curve = few_labels.measure(pixels(rare), [4, 200])
    assert curve.values[0] > 0.9
