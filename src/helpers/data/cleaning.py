"""Which items cannot be used, and why: for tasks whose answers are classes."""

import pandas as pd

from helpers.core.errors import UserError
from helpers.data.checks.registry import tally
from helpers.data.items import Items

FEW = 20  # fewer labels than this do not tell amounts from classes
MAX_CLASSES = 2000  # more different labels than this are taken for a column that holds no classes


def labelled(items: Items, reason: pd.Series) -> pd.Series:
    """Add why items cannot be classified: no label, or nothing else of its class.

    ``reason``, str [N], says why an item cannot be read; empty where it can. Raises UserError if
    fewer than two classes are left, or more than ``MAX_CLASSES``.
    """
    label = items.frame["label"]
    reason[(reason == "") & label.isna()] = "no label"
    usable = label.where(reason == "")
    alone = usable.map(usable.value_counts()) == 1
    reason[alone] = "the only example of its class"
    if (many := label.nunique()) > MAX_CLASSES:
        raise UserError(
            f"{items.name}: {many:,} different labels for {len(label):,} {items.modality.MANY}, "
            f"more than {MAX_CLASSES:,}: is the label a column of classes?"
        )
    amounts = pd.to_numeric(label.dropna(), errors="coerce")
    if amounts.notna().all() and len(amounts) >= FEW and 2 * amounts.nunique() > len(amounts):
        raise UserError(
            f"{items.name}: {amounts.nunique():,} different numbers as labels of {len(amounts):,} "
            f"{items.modality.MANY}: an amount, not classes; write a column of classes, such as "
            "low and high"
        )
    classes = label[reason == ""].unique()
    if len(classes) < 2:
        names = ", ".join(map(repr, classes)) or "none"
        dropped = tally(reason[reason != ""].to_numpy()) or "none"
        dropped = "; ".join([dropped, *(found.detail for found in items.noticed.values())])
        raise UserError(
            f"{items.name}: at least two classes with usable {items.modality.MANY} are needed, "
            f"found {names}; left out: {dropped}"
        )
    return reason


def labels(items: Items) -> pd.Series:
    """Return what duplicates must agree on: the class of each item."""
    return items.frame["label"]
