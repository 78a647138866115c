"""Metrics of counts against scikit-learn, and what must not change them."""

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.metrics import registry
from helpers.metrics.confusion_matrix import (
    confusion_matrix,
    counts,
    f1,
    precision,
    recall,
)

CLASSES = 4


COUNT_METRICS = registry.functions("counts")


codes = arrays(np.int64, st.shared(st.integers(1, 30), key="n"), elements=st.integers(0, 3))


def over_present(metric):
    """The mean over the classes that have items, as scikit-learn takes it."""
    return lambda y, p: metric(y, p, labels=np.unique(y), average="macro", zero_division=0)


REFERENCE = {
    "accuracy": sk.accuracy_score,
    "macro-precision": over_present(sk.precision_score),
    "macro-recall": over_present(sk.recall_score),
    "macro-f1": over_present(sk.f1_score),
    "weighted-precision": lambda y, p: sk.precision_score(
        y, p, average="weighted", zero_division=0
    ),
    "weighted-recall": lambda y, p: sk.recall_score(y, p, average="weighted", zero_division=0),
    "weighted-f1": lambda y, p: sk.f1_score(y, p, average="weighted", zero_division=0),
    "balanced-accuracy": lambda y, p: np.mean([(p[y == k] == k).mean() for k in np.unique(y)]),
    "matthews-correlation": sk.matthews_corrcoef,
    "cohen-kappa": lambda y, p: sk.cohen_kappa_score(y, p, replace_undefined_by=np.nan),
}


def value(metric, labels, predictions, classes=CLASSES):
    return float(COUNT_METRICS[metric](counts(confusion_matrix(labels, predictions, classes))))


def test_every_counts_metric_has_a_reference():
    assert REFERENCE.keys() == COUNT_METRICS.keys()


@settings(max_examples=60, deadline=None)
@given(labels=codes, predictions=codes)
@pytest.mark.filterwarnings("ignore")
def test_counts_metrics_agree_with_scikit_learn(labels, predictions):
    for metric, reference in REFERENCE.items():
        ours = value(metric, labels, predictions)
        if metric == "matthews-correlation" and np.isnan(ours):
            assert min(len(set(labels)), len(set(predictions))) == 1
        else:
            assert ours == pytest.approx(reference(labels, predictions), nan_ok=True), metric


@settings(max_examples=40, deadline=None)
@given(labels=codes, predictions=codes, names=st.permutations(range(CLASSES)), data=st.data())
def test_the_order_of_items_and_the_names_of_classes_do_not_matter(
    labels, predictions, names, data
):
    order = np.array(data.draw(st.permutations(range(len(labels)))), dtype=int)
    named = np.array(names)
    for metric in COUNT_METRICS:
        plain = value(metric, labels, predictions)
        assert value(metric, labels[order], predictions[order]) == pytest.approx(plain, nan_ok=True)
        assert value(metric, named[labels], named[predictions]) == pytest.approx(plain, nan_ok=True)
        assert value(metric, labels, predictions, 7) == pytest.approx(plain, nan_ok=True)


def test_a_prediction_of_a_class_without_items_moves_no_other_class():
    labels, one, other = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), np.array([0, 3, 1, 1])
    assert value("macro-recall", labels, one) == value("macro-recall", labels, other) == 0.75
    assert value("macro-f1", labels, other) == pytest.approx((2 / 3 + 1) / 2)


def test_doubling_a_class_leaves_recall_and_moves_accuracy():
    labels, predictions = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 0])
    twice = np.append(labels, [0, 0, 0]), np.append(predictions, [0, 0, 1])
    assert value("balanced-accuracy", *twice) == value("balanced-accuracy", labels, predictions)
    assert value("accuracy", *twice) != value("accuracy", labels, predictions)


def test_many_matrices_are_one_call():
    matrices = np.random.default_rng(0).integers(0, 9, size=(5, 6, 3, 3))
    for metric in COUNT_METRICS.values():
        every = metric(counts(matrices))
        assert every.shape == (5, 6)
        assert every[2, 3] == pytest.approx(float(metric(counts(matrices[2, 3]))))


def test_undefined_ratios_are_nan():
    c = counts(np.array([[3, 0, 0], [1, 0, 0], [0, 0, 0]]))
    assert np.isnan(precision(c)[1]) and np.isnan(recall(c)[2]) and np.isnan(f1(c)[2])
    assert f1(c)[1] == 0
