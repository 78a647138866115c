"""What speaks against predictions made elsewhere: renamed classes, other labels, known answers."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import spellings
from helpers.core.errors import UserError
from helpers.core.formatting import listed, names, one_line
from helpers.data import split_names, splits

# how columns of answers are called, without blanks; other things are called some of these too
LABELS = [
    "label", "labels", "truelabel", "ytrue", "target", "truth", "groundtruth", "actual",
    "goldlabel",
]  # fmt: skip
VAGUE = ["gold", "true", "class", "expected", "reference"]
SPOKEN = ["text", "transcript", "ref"]
FAR, RARELY = 0.3, 1e-3  # balanced accuracy and p-value at which two classes are crossed
ENOUGH = 10  # fewer items may all be right by luck
Renaming = tuple[str, float]  # what is taken for what in words, and the share that is right then


def renaming(said: NDArray, truth: NDArray, classes: tuple[str, ...]) -> Renaming | None:
    """Find the permutation of the classes said that fits the truth far better, if there is one.

    Codes are int [N]. Each half of the items is judged by the permutation that fits the other one
    best, so chance has no part in it. A class that stands in for others is no permutation: without
    the class that gains most, the others must still gain.
    """
    if len(classes) == 2 and _crossed(said, truth):  # a rare class changes too little to be seen
        one, other = map(one_line, classes)
        return f"{one} → {other} and {other} → {one}", float((said != truth).mean())
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


def _crossed(said: NDArray, truth: NDArray) -> bool:
    """Tell whether answers of two classes go against the truth, by much and not by chance."""
    from scipy.stats import fisher_exact

    table = np.bincount(2 * truth + said, minlength=4).reshape(2, 2)  # true class x answer
    balanced = float((np.diag(table) / table.sum(axis=1).clip(1)).mean())
    found = table.sum(axis=1).all() and balanced <= FAR and (said != truth).mean() > 0.5
    return bool(found and fisher_exact(table)[1] < RARELY)


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
        return [f"All {len(test)} predictions equal the labels: the file may hold labels."]
    if (found := renaming(said, truth, classes)) is None:
        return []
    lift = f"Accuracy is {right:.3f}, but {found[1]:.3f} with the classes renamed"
    return [f"{lift} ({found[0]}): the file seems to have them in another order."]


def of_order(predictions: pd.Series, items: pd.DataFrame) -> list[str]:
    """Say whether predictions fit the item before or after theirs far better, as in shifted rows.

    Where ids are numbers, one list may start at 0 and the other at 1. Predictions are by id.
    """
    said = items["id"].map(predictions)
    kept = items[said.notna()].assign(said=said.dropna())
    right = (kept["said"] == kept["label"])[kept["split"] == "test"]
    for step, where in ((-1, "before"), (1, "after")):
        moved = (kept["said"].shift(step) == kept["label"])[kept["split"] == "test"]
        gain, changed = int(moved.sum() - right.sum()), int((moved != right).sum())
        if gain > 2.5 * np.sqrt(changed) and gain >= 0.2 * len(right):
            what = f"Accuracy is {right.mean():.3f}, but {moved.mean():.3f} if each prediction is"
            return [f"{what} taken for the item {where} its own: are rows shifted, or ids by one?"]
    return []


def answers_among(names: Iterable[object], words: Iterable[str] = (*LABELS, *VAGUE)) -> list[str]:
    """Find the columns that are called as true answers are, in any spelling."""
    return [str(name) for name in names if _word(name) in words]


def _word(name: object) -> str:
    return spellings.key(str(name)).replace(" ", "")


def _own_answers(
    rows: pd.DataFrame, ours: pd.Series, alike: Callable[[pd.Series], list[str]]
) -> tuple[str, pd.Series]:
    """Find the file's own answers: a column called so that is no score and no copy of what it says.

    A vague name is believed only if the column holds some of our answers.
    """
    spoken, taken = ours.name == "reference", set(alike(ours))
    said = alike(rows["hypothesis" if spoken else "prediction"])
    sure = [*LABELS, ours.name]
    vague = [*VAGUE, *SPOKEN * spoken]
    for name in answers_among(rows.columns, sure) + answers_among(rows.columns, vague):
        told = rows[name].fillna("").astype(str)
        theirs = alike(told)
        believed = _word(name) in sure or (taken & set(theirs) and theirs != said)
        if believed and not taken & set(alike(pd.Series([name]))):
            return name, told[told.str.strip() != ""]
    return "", pd.Series(dtype=str)


def of_answers(
    rows: pd.DataFrame, ours: pd.Series, alike: Callable[[pd.Series], list[str]], where: str
) -> list[str]:
    """Compare labels or references of the file with ours, by id, in a spelling that is ``alike``.

    A UserError says that most of them differ, as when the ids belong to other items.
    """
    column, told = _own_answers(rows, ours, alike)
    wrong = told.index[np.array(alike(told)) != np.array(alike(ours[told.index]))]
    if not len(wrong):
        return []
    rows_of = f"{len(wrong)} of {len(told)} rows ({listed(wrong)})"
    found = f"column {column!r} contradicts the data in {rows_of}"
    if 2 * len(wrong) > len(told):
        cure = "its ids belong to other items, or its classes have other names; mend or drop it"
        raise UserError(f"{where}: its {found}: {cure}")
    return [f"Its {found}: the predictions may be for another version of the data."]


def of_rows(test: pd.DataFrame, heard: list[str], said: list[str]) -> list[str]:
    """Say whether hypotheses fit references of other items: rows shifted or in another order.

    Texts are normalised. Two pairs of words that only one reference has tell which it is.
    """
    pairs = lambda text: set(pairwise(["", *text.split(), ""]))  # noqa: E731
    counts = Counter(pair for text in said for pair in pairs(text))
    owner = {p: k for k, text in enumerate(said) for p in pairs(text) if counts[p] == 1}
    moved, kept = [], 0
    for number, text in enumerate(heard):
        fits = Counter(owner[pair] for pair in pairs(text) if pair in owner)
        kept += fits[number] > 0
        if not fits[number] and max(fits.values(), default=0) >= 2:
            moved.append(test.index[number])
    if len(moved) < ENOUGH / 2 or 2 * len(moved) < kept:
        return []
    found = f"{len(moved)} of {len(heard)} hypotheses ({listed(moved)}) fit the references of other"
    return [f"{found} items, and not their own: rows may be shifted, or ids mixed up."]


def of_split(rows: pd.DataFrame, dataset: Any) -> list[str]:
    """Say whether the model may have been trained on test items; rows have our ids.

    A split of the source's own is known to others, and so is ours where the file repeats it.
    """
    ours, source = dataset.frame.set_index("id")["split"], dataset.items.frame
    test, told = ours.index[ours == "test"], []
    if "split" in source:
        told.append(splits.published(source).set_index("id")["split"].reindex(test))
    if "split" in rows:
        named = rows.set_index("id")["split"].dropna().astype(str).str.strip()
        named = named[named != ""]  # an empty cell says nothing
        theirs = named.map(split_names.translated(named)).reindex(test)
        if "split" in source and "test" not in set(source["split"]):
            theirs = theirs.replace("validation", "test")  # as this study does
        if learned := int((theirs.notna() & (theirs != "test")).sum()):
            which = f"{learned} of {len(test)} test items were in another split for its model"
            return [f"By its column 'split', {which}: this is no score on unseen items."]
        told.append(theirs)
    if any((each == "test").all() for each in told):
        return []
    known = ", and the file predicts train items too" * ("train" in set(ours[rows["id"]]))
    return [
        f"The split was drawn here{known}: the model may have been trained on these test items. If "
        "it was not, add a column split that says `test` of them, as in items.csv of `make items`."
    ]
