"""Speed of tests and intervals: all pairs of candidates, all metrics of one candidate."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.calibration import calibration
from helpers.metrics.classification import estimates
from helpers.metrics.paired_tests import compare_all, resampled_metric
from helpers.metrics.selective_prediction import risk_coverage
from helpers.metrics.statistics import bootstrap
from helpers.metrics.unit_contributions import Answers

CANDIDATES, ITEMS, CLASSES, RESAMPLES = 12, 10_000, 10, 2_000
FEW = 20  # resamples for which the loop is timed; its time grows in proportion and is scaled up


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

    def ours(metric: str) -> Callable[[], object]:
        def run() -> object:
            bootstrap.clear_cache()
            resampled = resampled_metric(metric, answers, RESAMPLES)
            return compare_all(metric, answers, *resampled)

        return run

    return {
        "accuracy, all pairs": ours("accuracy"),
        "macro-f1, all pairs": ours("macro-f1"),
        "log-loss, all pairs": ours("log-loss"),
        f"scikit-learn's macro-F1, {FEW} resamples": lambda: _loop_of_pairs(labels, predictions),
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

    return {
        "all intervals of one candidate": ours,
        f"loop of scikit-learn, {FEW} resamples": lambda: _loop_of_metrics(
            labels, predictions, scores
        ),
    }


def _loop_of_pairs(labels: NDArray, predictions: NDArray) -> None:
    from sklearn.metrics import f1_score

    random = np.random.default_rng(0)
    for _ in range(FEW):
        drawn = random.integers(0, ITEMS, ITEMS)
        for predicted in predictions:
            f1_score(labels[drawn], predicted[drawn], average="macro")


def _loop_of_metrics(labels: NDArray, predictions: NDArray, scores: NDArray) -> None:
    """Compute those of our metrics that scikit-learn has, resample by resample."""
    from sklearn import metrics

    random, eye = np.random.default_rng(0), np.eye(CLASSES)
    for _ in range(FEW):
        drawn = random.integers(0, ITEMS, ITEMS)
        y, p, s = labels[drawn], predictions[drawn], scores[drawn]
        for average in ("macro", "weighted"):
            metrics.precision_recall_fscore_support(y, p, average=average)
        for one in (
            metrics.accuracy_score,
            metrics.balanced_accuracy_score,
            metrics.matthews_corrcoef,
            metrics.cohen_kappa_score,
        ):
            one(y, p)
        metrics.log_loss(y, s)
        metrics.top_k_accuracy_score(y, s, k=5)
        metrics.roc_auc_score(y, s, multi_class="ovr")
        metrics.average_precision_score(eye[y], s)


def scaled(times: pd.DataFrame) -> pd.DataFrame:
    """Scale the loops' times to as many resamples as ours."""
    few = times["way"].str.contains(f"{FEW} resamples")
    seconds = times["seconds"].where(~few, times["seconds"] * RESAMPLES / FEW)
    way = times["way"].str.replace(f"{FEW} resamples", f"scaled up from {FEW} resamples")
    return times.assign(seconds=seconds, way=way)


def sentences(frame: pd.DataFrame) -> list[str]:
    """Give the best times, and the speed-up over the loops."""
    best = frame.set_index("way")["low"]
    pairs, metrics = (
        [way for way in best.index if way.startswith(start)]
        for start in ("macro-f1", "all intervals")
    )
    loops = [way for way in best.index if "scaled up" in way]
    gain = [best[loops[0]] / best[pairs[0]], best[loops[1]] / best[metrics[0]]]
    return [
        f"All pairs of {CANDIDATES} candidates on {ITEMS:,} items, {RESAMPLES:,} resamples: "
        f"{best[pairs[0]]:.2f} s by macro-F1, {gain[0]:,.0f} times as fast as the loop.",
        f"All intervals of one candidate on {ITEMS:,} items: {best[metrics[0]]:.2f} s, "
        f"{gain[1]:,.0f} times as fast as the loop.",
    ]
