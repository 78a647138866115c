"""D3: the same picture more than once."""

import numpy as np

from helpers.checks.registry import Facts, Found, check, rows_where


@check("D301", "Exact duplicates", "warning")
def exact_duplicates(facts: Facts) -> Found | None:
    """Pictures whose pixels are equal to another's; a split keeps them together."""
    return _in_families(facts, facts.survey.exact, "pictures with equal pixels")


@check("D302", "Near-duplicates", "note")
def near_duplicates(facts: Facts) -> Found | None:
    """Pictures that differ by encoding, size or brightness alone; a split keeps them together."""
    lone = (
        np.bincount(facts.survey.near)[facts.survey.near]
        == np.bincount(facts.survey.exact)[facts.survey.exact]
    )
    return _in_families(facts, np.where(lone, -1, facts.survey.near), "nearly equal pictures")


@check("D303", "Duplicates with conflicting labels", "error")
def conflicting_labels(facts: Facts) -> Found | None:
    """Equal pixels, different labels: at least one label is wrong."""
    labels = facts.frame["label"].groupby(facts.survey.exact).transform("nunique").to_numpy()
    return rows_where(facts, labels > 1, "the same picture carries different labels")


def _in_families(facts: Facts, family: np.ndarray, words: str) -> Found | None:
    sizes = np.bincount(family + 1)
    sizes[0] = 0
    many = int((sizes > 1).sum())
    return rows_where(facts, sizes[family + 1] > 1, f"{many} families of {words}")
