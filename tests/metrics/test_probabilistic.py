"""Metrics against scikit-learn, and what must not change them."""

import numpy as np
import pytest
import sklearn.metrics as sk

from helpers.metrics import probabilistic, registry


@pytest.fixture
def scored():
    random = np.random.default_rng(3)
    labels = random.integers(0, 3, 200)
    weights = np.exp(random.normal(size=(200, 3)).round(1))
    weights[np.arange(200), labels] *= 2
    return labels, weights / weights.sum(axis=1, keepdims=True)


def test_score_metrics_agree_with_scikit_learn(scored):
    labels, scores = scored
    truth = np.eye(3)[labels]
    reference = {
        "log-loss": sk.log_loss(labels, scores),
        "brier-score": ((scores - truth) ** 2).sum(axis=1).mean(),
        "roc-auc": sk.roc_auc_score(labels, scores, multi_class="ovr"),
        "average-precision": sk.average_precision_score(truth, scores),
    }
    assert reference.keys() == registry.functions("scores", "ranking").keys()
    for metric, expected in reference.items():
        value = probabilistic.influence(registry.METRICS[metric], labels, scores)[0]
        assert value == pytest.approx(expected), metric
    top = probabilistic.in_top(labels, scores, 2).mean()
    assert top == pytest.approx(sk.top_k_accuracy_score(labels, scores, k=2), abs=0.02)
    best = scores.argmax(axis=1) == labels
    assert (probabilistic.in_top(labels, scores, 1) == best).all()


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
def test_influence_is_what_leaving_an_item_out_does(metric, scored):
    labels, scores = scored
    positive, score = labels == 1, np.round(scores[:, 1], 1)
    one = {"roc-auc": probabilistic.roc_auc, "average-precision": probabilistic.average_precision}
    whole, influence = one[metric](positive, score)
    kept = ~np.eye(len(labels), dtype=bool)
    without = np.array([one[metric](positive[row], score[row])[0] for row in kept])
    assert influence.mean() == pytest.approx(0, abs=1e-12)
    jackknife = (len(labels) - 1) * (whole - without)
    assert np.corrcoef(jackknife, influence)[0, 1] > 0.999
    assert influence.std() == pytest.approx(jackknife.std(), rel=0.05)
