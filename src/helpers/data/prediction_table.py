"""Tables of predictions: built from scores, and checked when they come from a file."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns
from helpers.core.errors import UserError, closest

TOLERANCE = 1e-3  # how far the scores of an item may be from a sum of 1


def with_scores(
    items: pd.DataFrame, scores: NDArray[np.floating], classes: tuple[str, ...]
) -> pd.DataFrame:
    """Add the columns prediction and ``score:<class>`` to N items; scores are float [N, K]."""
    names = np.array(classes, dtype=object)
    table = items.reset_index(drop=True).assign(prediction=names[scores.argmax(axis=1)])
    table[columns.scores(classes)] = scores
    return table


def check_ids(ids: pd.Series | pd.Index, items: pd.DataFrame, where: str) -> None:
    """Check a file's ids against a study's items (id, split); UserErrors count what is wrong."""
    ids = pd.Series(ids)
    if repeated := int(ids.duplicated().sum()):
        first = ids[ids.duplicated()].iloc[0]
        raise UserError(f"{where}: {repeated} duplicate id(s), such as {first!r}")
    unknown = ids[~ids.isin(items["id"])]
    test = items.loc[items["split"] == "test", "id"]
    if not len(test):
        raise UserError(f"{where}: the test split is empty: nothing to evaluate")
    missing = test[~test.isin(ids)]
    if len(unknown) or len(missing):
        examples = [f"unknown {name!r}{closest(name, items['id'])}" for name in unknown[:1]]
        examples += [f"missing {name!r}" for name in missing[:1]]
        raise UserError(
            f"{where}: ids do not match the study's: {len(missing)} of {len(test)} test items "
            f"missing, {len(unknown)} of {len(ids)} ids unknown; such as {' and '.join(examples)}"
        )


def probabilities(scores: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """Scale scores [N, K] to sum to exactly 1; raises UserError if some are not probabilities."""
    sums = scores.sum(axis=1)
    wrong = ~np.isfinite(sums) | (scores < 0).any(axis=1) | (abs(sums - 1) > TOLERANCE)
    if wrong.any():
        raise UserError(
            f"{where}: scores of {int(wrong.sum())} of {len(scores)} items are not probabilities "
            "(numbers from 0 that sum to 1)"
        )
    return scores / sums[:, None]


def first_rows(table: pd.DataFrame, count: int = 8) -> pd.DataFrame:
    """Show the first predictions of the test split, each with its score and the next best class."""
    test = table[table["split"] == "test"].head(count)
    shown, names = test[["id", "label", "prediction"]], columns.scored_classes(table.columns)
    if not names:
        return shown
    scores, classes = test[columns.scores(names)].to_numpy(float), pd.Index(names)
    first, rows = classes.get_indexer(test["prediction"]), np.arange(len(test))
    others = scores.copy()
    others[rows, first] = -np.inf
    second = others.argmax(axis=1)
    return shown.assign(
        score=scores[rows, first], next_best=classes[second], its_score=scores[rows, second]
    )
