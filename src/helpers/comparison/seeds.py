"""Runs of one candidate that differ by their seed alone: the chance of training and of items."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

_RUN = re.compile(r"(.+)-seed-\d+")


@dataclass(frozen=True)
class Repeats:
    """Families of runs: the table ``families`` has a row per family, ``runs`` a row per run."""

    families: pd.DataFrame
    runs: pd.DataFrame

    @property
    def sentences(self) -> list[str]:
        """Say how much of each family's scores is luck."""
        return [
            f"{row.family} is ranked by the mean of {row.seeds} seeds: one run has a standard "
            f"deviation of {row.training:.3f} by training, {row.sampling:.3f} by the test items."
            for row in self.families.dropna(subset="training").itertuples()
        ]


def families_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Gather the candidates that differ by their seed alone, if there are several."""
    found: dict[str, list[str]] = {}
    for name in names:
        if match := _RUN.fullmatch(name):
            found.setdefault(match[1], []).append(name)
    return {family: runs for family, runs in found.items() if len(runs) > 1}
