"""Robustness: what is said of the curve over severities."""

import numpy as np
import pandas as pd
import pytest

from helpers.evaluation.robustness import sentence


def made_curve(metric="accuracy", changed=3, **ends):
    """Make a curve of two points for each noise, from its value unchanged and at its strongest."""
    rows = [
        {"noise": noise, "severity": severity, "n": 50, "changed": changed * (severity > 0)}
        | {"metric": metric, "value": value, "low": value - 0.1, "high": value + 0.1}
        for noise, values in ends.items()
        for severity, value in zip((0.0, 0.3), values, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "ends, metric, facts",
    [
        ({"grain": (0.92, 0.93), "blur": (0.92, 0.90)}, "accuracy", ["blur", "0.920", "0.900"]),
        ({"grain": (0.3, 0.5), "blur": (0.3, 0.1)}, "log-loss", ["grain", "0.300", "0.500"]),
        ({"grain": (np.nan, np.nan), "blur": (0.9, 0.8)}, "accuracy", ["blur", "0.900", "0.800"]),
    ],
)
def test_the_corruption_that_costs_most_is_named(ends, metric, facts):
    words = sentence(made_curve(metric, **ends))
    assert all(fact in words for fact in facts)
    assert sum(name in words for name in ends) == 1


@pytest.mark.parametrize(("value", "changed"), [(0.93, 3), (0.92, 0)])
def test_a_corruption_that_costs_nothing_is_not_said_to_cost(value, changed):
    words = sentence(made_curve(grain=(0.92, value), changed=changed))
    assert "50 test items" in words and "grain" not in words and "0.9" not in words


def test_where_no_value_is_defined_nothing_is_said():
    assert sentence(made_curve(grain=(np.nan, np.nan))) == ""
