"""A race: candidates predict growing shares of the same items; those surely behind drop out.

Successive elimination with paired tests. Each test is McNemar's exact one, made exact for items
drawn without replacement: the items not seen yet bound how far the result can still turn. The
tests share the risk ``alpha`` equally (Bonferroni) over the rounds and the other candidates, so
that the race drops the best one with a probability of at most ``alpha``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import gammaln

ALPHA = 0.05
SHARES = (1 / 8, 1 / 4, 1 / 2, 3 / 4)  # of the items, seen by the end of each round
COLUMNS = ["round", "contender", "items", "right", "behind", "p", "limit", "dropped"]
# a candidate and a count to whether its first predictions are correct, bool [count]
Correct = Callable[[str, int], np.ndarray]


@dataclass(frozen=True)
class Race:
    """The course of a race.

    ``rounds`` has a row per round and candidate in it: round, contender, items, right (the share
    correct), behind (the one furthest ahead of it), p, limit, dropped. ``left`` are those never
    dropped, best first; ``seen`` is the share of the items that each candidate has predicted.
    """

    rounds: pd.DataFrame
    left: list[str]
    seen: dict[str, float]
    alpha: float
    dropped: list[str] = field(default_factory=list)

    @property
    def saved(self) -> float:
        """The share of all predictions that did not have to be made."""
        return 1 - sum(self.seen.values()) / len(self.seen)


def run(
    candidates: Sequence[str],
    correct: Correct,
    items: int,
    keep: int = 1,
    alpha: float = ALPHA,
    shares: Sequence[float] = SHARES,
) -> Race:
    """Run a race until ``keep`` candidates are left, or its rounds are over.

    ``correct`` takes the items in one random order, the same for all; ``alpha`` is the risk of
    dropping the best candidate. ``shares`` of the items ascend below 1, and each is a round.
    """
    left, seen = list(candidates), dict.fromkeys(candidates, 0.0)
    dropped: list[str] = []
    rows = []
    counts = sorted({max(1, round(share * items)) for share in shares} - {items})
    limit = alpha / max(1, len(counts) * (len(candidates) - 1))
    for number, count in enumerate(counts, 1):
        right = {name: np.asarray(correct(name, count), bool) for name in left}
        left.sort(key=lambda name: (-right[name].mean(), name))
        verdicts = [_verdict(name, left, right, items) for name in left]
        sure = sorted((p, name) for name, (_, p) in zip(left, verdicts, strict=True) if p <= limit)
        losers = [name for _, name in sure[: max(0, len(left) - keep)]]  # the surest first
        for name, (ahead, p) in zip(left, verdicts, strict=True):
            seen[name] = count / items
            row = {"round": number, "contender": name, "items": count, "right": right[name].mean()}
            rows.append(row | {"behind": ahead, "p": p, "limit": limit, "dropped": name in losers})
        dropped += losers
        left = [name for name in left if name not in losers]
        if len(left) <= keep:
            break
    seen |= dict.fromkeys(left, 1.0)
    return Race(pd.DataFrame(rows, columns=COLUMNS), left, seen, alpha, dropped)


def behind(ours: np.ndarray, theirs: np.ndarray, items: int) -> float:
    """Return an upper bound of the p-value that ours is correct at least as often as theirs.

    Both are bool [n] for the same of all the ``items``, drawn without replacement. Among the items
    that only one of the two has correct, the number that is theirs is hypergeometric; its spread is
    largest if all unseen items are such items, too.
    """
    wins, losses = int((theirs & ~ours).sum()), int((ours & ~theirs).sum())
    split = wins + losses
    if wins <= losses:
        return 1.0
    most = split + items - len(ours)
    totals = (most, max(most - 1, split)) if most % 2 else (most,)
    return max(_tail(wins, total, split) for total in totals)


def _tail(wins: int, total: int, split: int) -> float:
    """Return the chance of at least ``wins`` among ``split`` items drawn; half of ``total`` are."""
    good = total // 2
    drawn = np.arange(max(wins, split - (total - good)), min(split, good) + 1)
    chances = _choose(good, drawn) + _choose(total - good, split - drawn) - _choose(total, split)
    return float(min(1.0, np.exp(chances).sum()))


def _choose(items: int, drawn: np.ndarray | int) -> np.ndarray:
    """Return the logarithm of the number of ways to draw so many of the items."""
    return gammaln(items + 1) - gammaln(np.add(drawn, 1)) - gammaln(np.subtract(items, drawn) + 1)


def _verdict(
    name: str, left: list[str], right: dict[str, np.ndarray], items: int
) -> tuple[str, float]:
    """Return the candidate most surely ahead of this one, and the p-value of that."""
    others = [other for other in left if other != name]
    tested = [(other, behind(right[name], right[other], items)) for other in others]
    surest = min(tested, key=lambda pair: pair[1], default=("", 1.0))
    return surest if surest[1] < 1 else ("", 1.0)
