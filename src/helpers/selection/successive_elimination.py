"""A race: contenders answer growing shares of the same items, and who is surely behind drops out.

Successive elimination with paired tests. Each test is McNemar's exact one, made exact for items
drawn without replacement too: what has not been seen yet bounds how far the answers can still
turn. The tests share the risk ``alpha`` in equal parts (Bonferroni) over the rounds and the other
contenders, so that the race drops the best with a probability of ``alpha`` at most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import gammaln

ALPHA = 0.05
SHARES = (1 / 8, 1 / 4, 1 / 2, 3 / 4)
"""Share of the items that each round has seen at its end; who is left then gets them all."""
COLUMNS = ["round", "contender", "items", "right", "behind", "p", "limit", "dropped"]
Answers = Callable[[str, int], np.ndarray]
"""A contender and a count to whether its first answers are right, bool [count]."""


@dataclass(frozen=True)
class Race:
    """What happened.

    ``rounds`` has a row for each contender that ran a round: round, contender, items, right (their
    share), behind (the one furthest ahead of it), p, limit, dropped. ``left`` are those never
    dropped, best first; ``seen`` is the share of the items that each contender is carried through.
    """

    rounds: pd.DataFrame
    left: list[str]
    seen: dict[str, float]
    alpha: float
    dropped: list[str] = field(default_factory=list)

    @property
    def saved(self) -> float:
        """Return the share of all answers that did not have to be given."""
        return 1 - sum(self.seen.values()) / len(self.seen)


def run(
    contenders: Sequence[str],
    answers: Answers,
    items: int,
    keep: int = 1,
    alpha: float = ALPHA,
    shares: Sequence[float] = SHARES,
) -> Race:
    """Run a race until as few are left as wanted, or its rounds are over.

    Parameters
    ----------
    contenders : sequence of str
    answers : callable
        Asked for the items in one order, the same for all and drawn at random.
    items : int
        How many there are.
    keep : int
        How many to be left with; the race ends early only where that is certain.
    alpha : float
        The risk of dropping the best of them all.
    shares : sequence of float
        Ascending shares of the items, under 1; each is a round.
    """
    left, seen, dropped, rows = list(contenders), dict.fromkeys(contenders, 0.0), [], []
    counts = sorted({max(1, round(share * items)) for share in shares} - {items})
    limit = alpha / max(1, len(counts) * (len(contenders) - 1))
    for number, count in enumerate(counts, 1):
        right = {name: np.asarray(answers(name, count), bool) for name in left}
        left.sort(key=lambda name: (-right[name].mean(), name))
        verdicts = [_verdict(name, left, right, items) for name in left]
        losers = _losers(left, verdicts, limit, keep)
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
    """Test that we are right at least as often as they, on all items of which these are a part.

    Parameters
    ----------
    ours, theirs : ndarray
        Whether each answer is right, bool [n], for the same items drawn without replacement.
    items : int
        All the items there are.

    Returns
    -------
    float
        An upper bound of the p-value. Given n' items on which one alone is right, the number that
        is theirs is hypergeometric; it spreads most when all unseen items are of that kind, too.
    """
    wins, losses = int((theirs & ~ours).sum()), int((ours & ~theirs).sum())
    split = wins + losses
    if wins <= losses:
        return 1.0
    most = split + items - len(ours)
    totals = (most, max(most - 1, split)) if most % 2 else (most,)
    return max(_tail(wins, total, split) for total in totals)


def _tail(wins: int, total: int, split: int) -> float:
    """Return the chance of so many wins among ``split`` items drawn; half of ``total`` are."""
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
    """Return who is most surely ahead of a contender, and the p-value of that."""
    others = [other for other in left if other != name]
    tested = [(other, behind(right[name], right[other], items)) for other in others]
    surest = min(tested, key=lambda pair: pair[1], default=("", 1.0))
    return surest if surest[1] < 1 else ("", 1.0)


def _losers(
    left: list[str], verdicts: list[tuple[str, float]], limit: float, keep: int
) -> list[str]:
    """Return who is surely behind, the surest first, without leaving fewer than wanted."""
    sure = sorted((p, name) for name, (_, p) in zip(left, verdicts, strict=True) if p <= limit)
    return [name for _, name in sure[: max(0, len(left) - keep)]]
