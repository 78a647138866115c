"""Corrected p-values against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from helpers.metrics.statistics.multiple_testing import holm


def test_holm_is_that_of_statsmodels():
    p = np.random.default_rng(0).random(20) ** 3
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    gap = holm(np.array([0.01, np.nan, 0.02]))
    assert gap[[0, 2]] == pytest.approx([0.02, 0.02]) and np.isnan(gap[1])
