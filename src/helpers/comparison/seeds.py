"""Runs of one candidate that differ by their seed alone: the chance of training and of items."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.evaluation import predictions
from helpers.evaluation.evaluation import interval
from helpers.evaluation.predictions import Predictions
from helpers.metrics.registry import needs_scores
from helpers.metrics.statistics.multiple_testing import holm
from helpers.metrics.statistics.variance_components import components, contrast
from helpers.metrics.unit_contributions import UnitContributions

_RUN = re.compile(r"(.+)-seed-\d+")


@dataclass(frozen=True)
class Repeats:
    """Families of runs: the table ``families`` has a row per family, ``runs`` a row per run.

    ``pairs`` has a row per family and other family or single candidate, both kinds of chance
    counted: a, b, difference, low, high, p, p_holm.
    """

    families: pd.DataFrame
    runs: pd.DataFrame
    pairs: pd.DataFrame

    @property
    def sentences(self) -> list[str]:
        """Say what to expect of each family: its mean, not its luckiest run."""
        return [
            f"{row.family} was trained with {row.seeds} seeds: expect their mean, "
            f"{interval(row)}, not the best run. The "
            f"standard deviation of a run is {row.training:.3f} from training and "
            f"{row.sampling:.3f} from the choice of test items."
            for row in self.families.itertuples()
        ]


def families_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Gather the candidates that differ by their seed alone, if there are several."""
    found: dict[str, list[str]] = {}
    for name in names:
        if match := _RUN.fullmatch(name):
            found.setdefault(match[1], []).append(name)
    return {family: runs for family, runs in found.items() if len(runs) > 1}


def repeats(entries: list[Predictions], primary: str) -> Repeats | None:
    """Separate the chance of training from that of the test items; None without several seeds.

    A metric that is no mean over items is taken by its jackknife pseudo-values.
    """
    if not families_of(entry.candidate for entry in entries):
        return None
    scores = _scores(entries, primary)
    if not (families := families_of(scores)):
        return None
    tables, rows, runs = {}, [], []
    for family, names in families.items():
        tables[family] = np.array([scores[name] for name in names])
        chance = components(tables[family])
        rows.append({"family": family, **asdict(chance), "share": chance.share})
        runs += [{"family": family, "candidate": n, "value": scores[n].mean()} for n in names]
    return Repeats(pd.DataFrame(rows), pd.DataFrame(runs), _pairs(tables, scores))


def _scores(entries: list[Predictions], primary: str) -> dict[str, NDArray[np.float64]]:
    """Write each candidate's metric as a mean over units, where it is defined."""
    scored = needs_scores(primary)
    entries = [entry for entry in entries if not scored or entry.scores is not None]
    contributions = UnitContributions(primary, predictions.answers(entries))
    values = {e.candidate: contributions.pseudo_values(k) for k, e in enumerate(entries)}
    return {name: value for name, value in values.items() if np.isfinite(value).all()}


def _pairs(families: dict[str, NDArray], scores: dict[str, NDArray]) -> pd.DataFrame:
    runs = {name for names in families_of(scores).values() for name in names}
    alone = {name: values[None] for name, values in scores.items() if name not in runs}
    everything = families | alone
    pairs = [(a, b) for a, b in combinations(everything, 2) if a in families]
    rows = [(a, b, *contrast(everything[a], everything[b])) for a, b in pairs]
    table = pd.DataFrame(rows, columns=["a", "b", "difference", "low", "high", "p"])
    return table.assign(p_holm=holm(table["p"].to_numpy(float)))
