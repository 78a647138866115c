"""Copies in the test are one observation: which items are resampled together."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.near_duplicates import merge_groups

COLUMN = "copy_of"  # of splits.parquet: the first id of an item's family of copies, if it has one
DISTINCT = "distinct item"  # what is resampled where copies are all that ties items
# Design effect (Kish, 1965) and share of spare copies from which families are resampled. Below,
# intervals of single items are at most a twentieth too narrow, and better founded.
MATTERS, SPARE = 1.1, 0.01


def named(frame: pd.DataFrame, family: NDArray) -> pd.Series | None:
    """Name the family of each item, missing where it is alone; None if it matters to no interval.

    ``frame`` has id, label and split, ``family`` a number of each row.
    """
    test = (frame["split"] == "test").to_numpy()
    spare = test.sum() - len(np.unique(family[test]))
    if not test.any() or spare < SPARE * test.sum():
        return None
    if design_effect(frame["label"][test], family[test]) < MATTERS:
        return None
    families = frame["id"].groupby(family)
    return families.transform("min").where(families.transform("size") > 1)


def design_effect(labels: pd.Series, family: NDArray) -> float:
    """Say by how much copies that are right or wrong together raise a mean's variance.

    The larger one counts: of a mean over items, or of a mean of the classes' means.
    """
    sizes = labels.groupby(labels, dropna=False).transform("size")
    weights = [np.ones(len(labels)), 1 / sizes.to_numpy(float)]
    effects = [
        float((pd.Series(each).groupby(family).sum() ** 2).sum() / (each**2).sum())
        for each in weights
    ]
    return max(effects)


def groups(table: pd.DataFrame, column: str = "group") -> NDArray | None:
    """Read what is resampled together: groups of a column, joined where copies tie them.

    An item without a group is its own; None where nothing is tied.
    """
    ties = [name for name in dict.fromkeys((column, COLUMN)) if name in table]
    ties = [name for name in ties if table[name].notna().any()]
    if not ties:
        return None
    alone = "item " + table["id"].astype(str)
    named = [table[name].astype("string").fillna(alone.astype("string")) for name in ties]
    first = named[0].to_numpy(str)
    if len(named) == 1:
        return first
    merged = merge_groups(*(pd.factorize(each)[0] for each in named))
    return pd.Series(first).groupby(merged).transform("min").to_numpy(str)


def unit(table: pd.DataFrame, column: str = "group") -> str:
    """Name what :func:`groups` gives."""
    return column if column in table and table[column].notna().any() else DISTINCT
