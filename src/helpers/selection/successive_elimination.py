"""A race: candidates predict growing shares of the same items; those surely behind drop out.

Successive elimination with paired tests of a metric on all items, of which some are seen: see
``finite_posterior``. The tests share the risk ``alpha`` equally (Bonferroni) over the rounds and
the other candidates, so that the race drops the best one with a probability of at most ``alpha``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.selection import finite_posterior

ALPHA = 0.05
SHARES = (1 / 8, 1 / 4, 1 / 2, 3 / 4)  # of the items, seen by the end of each round
COLUMNS = ["round", "contender", "items", "right", "value", "behind", "p", "limit", "dropped"]
# a candidate and a count to the classes that it predicts for the first items, int [count]
Predict = Callable[[str, int], np.ndarray]


@dataclass(frozen=True)
class Race:
    """The course of a race.

    ``rounds`` has a row per round and candidate in it: round, contender, items, right (the share
    correct), value (the ``metric``), behind (one that is surely ahead of it), p, limit, dropped.
    ``left`` are those never dropped, best first; ``seen`` is the share of the items that each
    candidate has predicted.
    """

    rounds: pd.DataFrame
    left: list[str]
    seen: dict[str, float]
    alpha: float
    metric: str = "accuracy"
    dropped: list[str] = field(default_factory=list)

    @property
    def saved(self) -> float:
        """The share of all predictions that did not have to be made."""
        return 1 - sum(self.seen.values()) / len(self.seen)


def run(
    candidates: Sequence[str],
    predict: Predict,
    labels: np.ndarray,
    primary: str = "accuracy",
    keep: int = 1,
    alpha: float = ALPHA,
) -> Race:
    """Run a race until ``keep`` candidates are left, or its rounds are over.

    ``predict`` takes the items in one random order, that of the ``labels`` int [N], the same for
    all; ``alpha`` is the risk of dropping the best candidate by the ``primary`` metric, or by
    accuracy if that metric reads scores.
    """
    left, seen = list(candidates), dict.fromkeys(candidates, 0.0)
    metric = primary if primary in finite_posterior.METRICS else "accuracy"
    dropped, tables = list[str](), [pd.DataFrame(columns=COLUMNS)]
    counts = sorted({max(1, round(share * len(labels))) for share in SHARES} - {len(labels)})
    limit = alpha / max(1, len(counts) * (len(candidates) - 1))
    for number, count in enumerate(counts, 1):
        answers = {name: np.asarray(predict(name, count)) for name in left}
        table = _verdicts(answers, labels, metric, limit).assign(round=number)
        sure = table[table["p"] <= limit].sort_values(["p", "contender"])
        losers = sure["contender"].tolist()[: max(0, len(left) - keep)]  # the surest first
        tables.append(table.assign(dropped=table["contender"].isin(losers)))
        seen |= dict.fromkeys(left, count / len(labels))
        dropped += losers
        left = [name for name in table["contender"] if name not in losers]
        if len(left) <= keep:
            break
    seen |= dict.fromkeys(left, 1.0)
    rounds = pd.concat(tables[1:] or tables, ignore_index=True)[COLUMNS]
    return Race(rounds, left, seen, alpha, metric, dropped)


def _verdicts(
    answers: dict[str, np.ndarray], labels: np.ndarray, metric: str, limit: float
) -> pd.DataFrame:
    """Return a row per candidate, best first, with one surely ahead of it and that p-value."""
    rows = list[dict[str, Any]]()
    for name, ours in answers.items():
        known = labels[: len(ours)]
        value = finite_posterior.value(metric, known, ours)
        facts = {"contender": name, "items": len(ours), "right": float((ours == known).mean())}
        rows.append(facts | {"value": value, "behind": "", "p": 1.0, "limit": limit})
    rows.sort(key=lambda row: (-np.nan_to_num(row["value"], nan=-np.inf), row["contender"]))
    for row, ahead in product(rows, rows):
        if ahead["value"] > row["value"] and row["p"] > limit:
            pair = answers[row["contender"]], answers[ahead["contender"]]
            if (p := finite_posterior.behind(*pair, labels, metric, limit)) < row["p"]:
                row |= {"behind": ahead["contender"], "p": p}
    return pd.DataFrame(rows)
