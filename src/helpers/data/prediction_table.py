"""Tables of predictions: built from scores, and shown."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns


def with_scores(
    items: pd.DataFrame, scores: NDArray[np.floating], classes: tuple[str, ...]
) -> pd.DataFrame:
    """Add the columns prediction and ``score:<class>`` to N items; scores are float [N, K]."""
    names = np.array(classes, dtype=object)
    table = items.reset_index(drop=True).assign(prediction=names[scores.argmax(axis=1)])
    table[columns.scores(classes)] = scores
    return table


def first_rows(table: pd.DataFrame, count: int = 8) -> pd.DataFrame:
    """Show the first predictions of the test split, each with its score and the next best class."""
    test = table[table["split"] == "test"].head(count)
    shown, names = test[["id", "label", "prediction"]], columns.scored_classes(table.columns)
    if not names:
        return shown
    scores, classes = test[columns.scores(names)].to_numpy(float), pd.Index(names)
    first, rows = classes.get_indexer(test["prediction"]), np.arange(len(test))
    second = np.where(np.eye(len(names), dtype=bool)[first], -np.inf, scores).argmax(axis=1)
    return shown.assign(
        score=scores[rows, first], next_best=classes[second], its_score=scores[rows, second]
    )
