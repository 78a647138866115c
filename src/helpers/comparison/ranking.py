"""Rank what the runs of a study scored; those that differ by their seed alone are one candidate."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import combinations, product, starmap
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparison import board, seeds
from helpers.metrics.paired_tests import Pair, corrected
from helpers.metrics.registry import METRICS, lower_is_better
from helpers.metrics.statistics import comparisons_with_best
from helpers.metrics.statistics.after_selection import after_selection
from helpers.metrics.statistics.power import Power
from helpers.metrics.statistics.variance_components import Components, components, contrast


@dataclass(frozen=True, eq=False)
class Scored:
    """What the runs of a study scored on the same test items, and how two of them compare.

    ``rows`` are those of a board's table, ``values`` [M] in the primary metric and ``samples``
    [R, M] on resamples. ``pair`` compares two runs by their positions; ``units`` writes the metric
    of one as a mean over units, [U] (jackknife pseudo-values), and ``tossed`` what each of them
    moves the difference of two by if it tosses whose answer is whose, [U], where that is needed.
    """

    primary: str
    items: int
    rows: Sequence[dict[str, Any]]
    values: NDArray[np.float64]
    samples: NDArray[np.float64]
    pair: Callable[[int, int], Pair]
    units: Callable[[int], NDArray[np.float64]]
    tossed: Callable[[int, int], NDArray[np.float64]] = lambda a, b: np.zeros(1)


@dataclass(frozen=True, eq=False)
class Entrant:
    """A candidate as it is ranked: one run, or a family of them, by their positions."""

    name: str
    scored: Scored
    positions: list[int]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The rows of its runs."""
        return pd.DataFrame([self.scored.rows[position] for position in self.positions])

    @cached_property
    def units(self) -> NDArray[np.float64]:
        """Each run's metric as a mean over units, [S, U]."""
        return np.array([self.scored.units(position) for position in self.positions])

    @cached_property
    def chance(self) -> Components:
        """The mean of a family; its interval is no narrower than a run's, if that sees no luck."""
        found, own = components(self.units), self.runs[["low", "high"]].mean()
        low, high = np.fmin(found.low, own["low"]), np.fmax(found.high, own["high"])
        entry = METRICS[self.scored.primary]
        return replace(found, low=max(low, entry.lowest), high=min(high, entry.highest))

    @cached_property
    def row(self) -> dict[str, Any]:
        """Its row of the table; of a family the means over its runs."""
        names = self.runs["candidate"].tolist()
        if len(names) == 1:
            return self.runs.iloc[0].to_dict() | {"runs": names, "run": names[0]}
        nearest = self.runs.loc[(self.runs["value"] - self.chance.value).abs().idxmin()].to_dict()
        means = self.runs[["value", "accuracy", "cost", "fit_seconds"]].mean().to_dict()
        limits = {"low": self.chance.low, "high": self.chance.high, "runs": names}
        method = f"mean of {len(names)} seeds, training and items"
        own = {"candidate": self.name, "run": nearest["candidate"], "method": method}
        return nearest | means | limits | own

    def resampled(self, random: np.random.Generator) -> NDArray[np.float64]:
        """Its value on resamples of the items, [R], and of a family's runs."""
        samples, runs = self.scored.samples[:, self.positions].mean(axis=1), len(self.positions)
        luck = self.chance.training / np.sqrt(runs) if runs > 1 else 0.0
        return samples + random.normal(0, luck, len(samples)) if luck > 0 else samples


def ranked(scored: Scored, seed: int, margin: float | None, **more: Any) -> board.Board:
    """Put candidates in order and compare all pairs; ``more`` are further fields of the board."""
    every = _entrants(scored)
    table = board.in_order([entrant.row for entrant in every], scored.primary)
    every, random = [every[position] for position in table.index], np.random.default_rng(seed)
    sign = -1.0 if lower_is_better(scored.primary) else 1.0
    values = table["value"].to_numpy(float)
    samples = np.column_stack([entrant.resampled(random) for entrant in every])
    pairs = [_pair(every, a, b) for a, b in combinations(range(len(every)), 2)]
    levels = comparisons_with_best.levels(values, samples, sign)
    tables = board.with_pairs(table, corrected(pairs), scored.primary, levels.tolist(), margin)
    low, high = table[["low", "high"]].iloc[0].astype(float)
    entry = METRICS[scored.primary]
    expected = after_selection(values, samples, low, high, sign).capped(entry.highest, entry.lowest)
    found = {"margin": margin, "seeds": _repeats(every), **more}
    return board.Board(*tables, scored.primary, scored.items, expected, **found)


def _entrants(scored: Scored) -> list[Entrant]:
    """Gather runs that differ by their seed alone and have a value; others stand alone."""
    names = [row["candidate"] for row in scored.rows]
    families = seeds.families_of(np.array(names)[np.isfinite(scored.values)].tolist())
    several = {run for runs in families.values() for run in runs}
    every = {name: [name] for name in names if name not in several}
    for name, runs in families.items():  # a candidate without a seed may have the same name
        every[f"{name}-seeds" if name in every else name] = runs
    return [Entrant(name, scored, [*map(names.index, runs)]) for name, runs in every.items()]


def _pair(every: list[Entrant], a: int, b: int) -> Pair:
    """Compare two candidates; of a family both kinds of luck count.

    Neither is better by more than the metric's bounds and the other one's own interval leave it.
    """
    first, second, entry = every[a], every[b], METRICS[every[a].scored.primary]
    if len(first.positions) == len(second.positions) == 1:
        pair = first.scored.pair(first.positions[0], second.positions[0])
    elif not np.isfinite([first.row["value"], second.row["value"]]).all():
        return Pair(a, b)
    else:
        both = product(first.positions, second.positions)
        least = float(np.linalg.norm(np.mean([*starmap(first.scored.tossed, both)], axis=0)))
        difference, low, high, p, error, freedom = contrast(first.units, second.units, least)
        # more items alone do not mend the luck of training
        power = Power(np.nan, error, freedom, units=len(first.units[0]))
        method = "means over seeds, training and items"
        pair = Pair(a, b, difference, low, high, p, p, error, method=method, power=power)
    least, most = entry.lowest, entry.highest
    # NaN comes first, to stay, or later, to be passed over
    low = max(pair.low, first.row["low"] - most, least - second.row["high"])
    high = min(pair.high, first.row["high"] - least, most - second.row["low"])
    bounded = pair.power and replace(pair.power, most=most - least)
    return replace(pair, a=a, b=b, low=float(low), high=float(high), power=bounded)


def _repeats(every: list[Entrant]) -> seeds.Repeats | None:
    families = [each for each in every if len(each.positions) > 1]
    rows = [{"family": e.name, **asdict(e.chance), "share": e.chance.share} for e in families]
    runs = [e.runs[["candidate", "value"]].assign(family=e.name) for e in families]
    return seeds.Repeats(pd.DataFrame(rows), pd.concat(runs)) if families else None
