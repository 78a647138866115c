"""Sets are calibrated on scores of the fit on train, and used with those of the final fit."""

import numpy as np
import pytest
from sklearn.datasets import make_classification

from helpers.metrics.score_thresholds import of_sets
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.training import linear_probe
from helpers.training.labelled_splits import LabelledSplits


@pytest.mark.parametrize("features", [40, 200])
def test_the_final_fit_moves_the_coverage_little(features):
    """300 items, 45 of them validation; more features than train items, and fewer."""
    coverage = []
    for seed in range(15):
        items, labels = make_classification(
            1100, features, n_informative=10, n_redundant=0, n_classes=3, flip_y=0.05,
            n_clusters_per_class=1, random_state=seed,
        )  # fmt: skip
        splits = LabelledSplits(labels, np.arange(180), np.arange(180, 225), 3, "macro-f1")
        probe = linear_probe.fit(items.astype(np.float32), splits, (1e-3, 1e-2, 0.1, 1.0))

        def own(fit, rows, items=items, labels=labels):
            return fit.scores(items[rows])[np.arange(len(rows)), labels[rows]]

        least = of_sets(own(probe.trained, splits.validation), 0.9, Resampling())
        rows = np.arange(225, 1100)
        coverage.append([(own(f, rows) >= least).mean() for f in (probe.trained, probe.final)])
    trained, final = np.mean(coverage, axis=0)
    spread = np.std(np.subtract(*np.transpose(coverage))) / 15**0.5
    assert final >= trained - 0.01 - 2 * spread and final > 0.88
