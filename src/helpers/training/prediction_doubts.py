"""What speaks against predictions made elsewhere: renamed classes, other labels, known answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError
from helpers.core.formatting import listed, names, one_line
from helpers.data import split_names, splits

LABELS = ("label", "labels", "true_label", "y_true", "target", "truth", "ground_truth", "actual")
ENOUGH = 10  # fewer items may all be right by luck
Renaming = tuple[str, float]  # what is taken for what in words, and the share that is right then


def renaming(said: NDArray, truth: NDArray, classes: tuple[str, ...]) -> Renaming | None:
    """Find the permutation of the classes said that fits the truth far better, if there is one.

    Codes are int [N]. Each half of the items is judged by the permutation that fits the other one
    best, so chance has no part in it. A class that stands in for others is no permutation: without
    the class that gains most, the others must still gain.
    """
    count, half = len(classes), pd.Series(truth).groupby(truth).cumcount().to_numpy() % 2
    gains, changed = np.zeros(count), np.zeros(count)
    for part in (0, 1):
        mine, actual = said[half == part], truth[half == part]
        order = _best_order(said[half != part], truth[half != part], count)
        gain = (order[mine] == actual).astype(int) - (mine == actual)
        gains += np.bincount(mine, gain, count)
        changed += np.bincount(mine, abs(gain), count)
    others = np.arange(count) != gains.argmax()
    for of, errors in ((others | True, 3), (others, 2)):  # standard errors above no gain
        if gains[of].sum() < errors * np.sqrt(max(1, changed[of].sum())):
            return None
    order = _best_order(said, truth, count)
    share = float((order[said] == truth).mean())
    by_chance = np.bincount(order[said], minlength=count) @ np.bincount(truth, minlength=count)
    chance = by_chance / len(said) ** 2  # of answers that do not depend on the items
    moved = [(classes[a], classes[b]) for a, b in enumerate(order) if a != b]
    words = names([f"{one_line(a)} → {one_line(b)}" for a, b in moved], 6)
    return (words, share) if share - chance >= 0.2 * (1 - chance) else None


def _best_order(said: NDArray, truth: NDArray, classes: int) -> NDArray[np.intp]:
    from scipy.optimize import linear_sum_assignment

    counts = 0.5 * np.eye(classes)  # of two permutations that fit alike, the one that moves less
    np.add.at(counts, (said, truth), 1)
    order: NDArray[np.intp] = linear_sum_assignment(counts, maximize=True)[1]
    return order


def of_classes(test: pd.DataFrame, classes: tuple[str, ...]) -> list[str]:
    """Say whether the test items' predictions would fit far better under other names."""
    codes = pd.Index(classes).get_indexer
    said, truth = codes(test["prediction"]), codes(test["label"])
    right = float((said == truth).mean())
    if right == 1 and len(test) >= ENOUGH and not any(test.columns.str.startswith("score:")):
        return [f"All {len(test)} predictions equal their labels: does the file hold labels?"]
    if (found := renaming(said, truth, classes)) is None:
        return []
    lift = f"Accuracy is {right:.3f}, but {found[1]:.3f} with the classes renamed"
    return [f"{lift} ({found[0]}): the file seems to have them in another order."]


def of_answers(
    rows: pd.DataFrame, ours: pd.Series, alike: Callable[[pd.Series], list[str]], where: str
) -> list[str]:
    """Compare labels or references of the file with ours, by id, in a spelling that is ``alike``.

    A UserError says that most of them differ, as when the ids belong to other items.
    """
    column = next((name for name in (ours.name, *LABELS) if name in rows.columns), None)
    told = rows[column].dropna().astype(str) if column else pd.Series(dtype=str)
    told = told[told.str.strip() != ""]
    wrong = told.index[np.array(alike(told)) != np.array(alike(ours[told.index]))]
    if not len(wrong):
        return []
    rows_of = f"{len(wrong)} of {len(told)} rows ({listed(wrong)})"
    found = f"column {column!r} contradicts this study in {rows_of}"
    if 2 * len(wrong) > len(told):
        cure = "the ids belong to other items, or its classes have other names; mend it or drop it"
        raise UserError(f"{where}: its {found}: {cure}")
    return [f"Its own {found}: it was made for other answers than those that count here."]


def of_split(rows: pd.DataFrame, dataset: Any) -> list[str]:
    """Say whether the model may have been trained on test items; rows have our ids.

    A split of the source's own is known to others, and so is ours where the file repeats it.
    """
    ours, source = dataset.frame.set_index("id")["split"], dataset.items.frame
    test, told = ours.index[ours == "test"], []
    if "split" in source:
        told.append(splits.published(source).set_index("id")["split"].reindex(test))
    if "split" in rows:
        named = rows.set_index("id")["split"].astype(str).str.strip()
        theirs = named.map(split_names.translated(named)).reindex(test)
        if "split" in source and "test" not in set(source["split"]):
            theirs = theirs.replace("validation", "test")  # as this study does
        if learned := int((theirs.notna() & (theirs != "test")).sum()):
            which = f"{learned} of {len(test)} test items were not kept for the test"
            return [f"By its own column 'split' {which}: this is no score on new items."]
        told.append(theirs)
    if any((each == "test").all() for each in told):
        return []
    known = ", and the file predicts train items too" * ("train" in set(ours[rows["id"]]))
    return [
        f"The split was drawn here{known}: its model may have been trained on these test items. A "
        "column split as `make items` writes it says that it was not."
    ]
