"""Sample sizes against the ones known for accuracy."""

import numpy as np

from helpers.metrics.statistics.power import items_needed


def test_the_planned_sizes_are_the_measured_ones():
    errors = [np.sqrt((share - 0.02**2) / 1000) for share in (0.05, 0.10, 0.20)]
    needed = [items_needed(0.02, error, 1000) for error in errors]
    assert needed == [974, 1955, 3917]
    assert items_needed(0.0, 0.01, 100) == np.inf
