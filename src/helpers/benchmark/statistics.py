"""Speed of tests and intervals: all pairs of candidates, all metrics of one candidate."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.calibration import calibration
from helpers.metrics.classification import estimates
from helpers.metrics.paired_tests import compare_all
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.selective_prediction import risk_coverage
from helpers.metrics.statistics import bootstrap
from helpers.metrics.unit_contributions import Answers

CANDIDATES, ITEMS, CLASSES, RESAMPLES = 12, 10_000, 10, 2_000
FEW = 20  # resamples for which the loop is timed; its time grows in proportion and is scaled up
PAIRS, ALL = "macro-f1, all pairs", "all intervals of one candidate"
PAIRS_LOOP = f"scikit-learn's macro-F1, scaled up from {FEW} resamples"
ALL_LOOP = f"loop of scikit-learn, scaled up from {FEW} resamples"


def simulated(seed: int = 0) -> tuple[NDArray, NDArray, NDArray]:
    """Simulate labels [N], predictions [M, N] and scores [M, N, K] of ever better candidates."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, CLASSES, ITEMS)
    scores = random.gumbel(size=(CANDIDATES, ITEMS, CLASSES))
    scores[:, np.arange(ITEMS), labels] += np.linspace(2, 5, CANDIDATES)[:, None]
    scores = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    return labels, scores.argmax(axis=2), scores


def pairs_ways() -> dict[str, Callable[[], object]]:
    """Return the ways to compare all pairs: ours by metric, and a loop over scikit-learn's."""
    labels, predictions, scores = simulated()
    answers = Answers(labels, predictions, CLASSES, list(scores))

    def ours(metric: str) -> None:
        bootstrap.clear_cache()
        compare_all(metric, answers, *resampled_metric(metric, answers, RESAMPLES))

    return {
        "accuracy, all pairs": partial(ours, "accuracy"),
        PAIRS: partial(ours, "macro-f1"),
        "log-loss, all pairs": partial(ours, "log-loss"),
        PAIRS_LOOP: partial(_loop_of_pairs, labels, predictions),
    }


def metrics_ways() -> dict[str, Callable[[], object]]:
    """Return the ways to estimate every metric of one candidate with its interval."""
    labels, predictions, scores = simulated()
    labels, predictions, scores = labels, predictions[5], scores[5]
    confidence, right = scores.max(axis=1), predictions == labels
    resampling = bootstrap.Resampling(RESAMPLES)

    def ours() -> None:
        bootstrap.clear_cache()
        estimates(labels, predictions, scores, resampling)
        calibration(confidence, right, resampling)
        risk_coverage(confidence, ~right, resampling)

    return {ALL: ours, ALL_LOOP: partial(_loop_of_metrics, labels, predictions, scores)}


def _loop_of_pairs(labels: NDArray, predictions: NDArray) -> None:
    from sklearn.metrics import f1_score

    random = np.random.default_rng(0)
    for _ in range(FEW):
        drawn = random.integers(0, ITEMS, ITEMS)
        for predicted in predictions:
            f1_score(labels[drawn], predicted[drawn], average="macro")


def _loop_of_metrics(labels: NDArray, predictions: NDArray, scores: NDArray) -> None:
    from sklearn import metrics

    random, eye = np.random.default_rng(0), np.eye(CLASSES)
    for _ in range(FEW):
        drawn = random.integers(0, ITEMS, ITEMS)
        y, p, s = labels[drawn], predictions[drawn], scores[drawn]
        for average in ("macro", "weighted"):
            metrics.precision_recall_fscore_support(y, p, average=average)
        metrics.accuracy_score(y, p)
        metrics.balanced_accuracy_score(y, p)
        metrics.matthews_corrcoef(y, p)
        metrics.cohen_kappa_score(y, p)
        metrics.log_loss(y, s)
        metrics.top_k_accuracy_score(y, s, k=5)
        metrics.roc_auc_score(y, s, multi_class="ovr")
        metrics.average_precision_score(eye[y], s)


def scaled(times: pd.DataFrame) -> pd.DataFrame:
    """Scale the loops' times to as many resamples as ours."""
    few = times["way"].isin([PAIRS_LOOP, ALL_LOOP])
    seconds = times["seconds"].where(~few, times["seconds"] * RESAMPLES / FEW)
    return times.assign(seconds=seconds)


def sentences(frame: pd.DataFrame) -> list[str]:
    """Give the best times, and the speed-up over the loops."""
    best = frame.set_index("way")["low"]
    pairs_gain = best[PAIRS_LOOP] / best[PAIRS]
    gain = best[ALL_LOOP] / best[ALL]
    return [
        f"All pairs of {CANDIDATES} candidates on {ITEMS:,} items, {RESAMPLES:,} resamples: "
        f"{best[PAIRS]:.2f} s by macro-F1, {pairs_gain:,.0f} times as fast as the loop.",
        f"All intervals of one candidate on {ITEMS:,} items: {best[ALL]:.2f} s, "
        f"{gain:,.0f} times as fast as the loop.",
    ]
