"""Try promises many times, alike on any number of cores, and judge what was found."""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from helpers.core import cost, paths, progress
from helpers.core.yaml_files import read_yaml
from helpers.coverage import trials
from helpers.coverage.worlds import Draw

TRIES, FIRST, CHUNK = 2000, 20, 100
HOLDS = {0.95: (0.925, 0.985), 0.8: (0.78, 0.82)}  # from the least to the most
VERDICTS = ("fails", "open", "cannot hold", "conservative", "holds")
COLUMNS = ["kind", "world", "promise", "promised", "tries", "found", "low", "high", "width"]
COLUMNS += ["verdict", "why"]


@dataclass(frozen=True)
class Cell:
    """A world, and what is tried there; ``cannot`` says why some promises cannot hold."""

    kind: str
    world: str
    trial: str
    items: int
    arguments: tuple[Any, ...] = ()
    promised: float = 0.95
    only: tuple[str, ...] = ()
    cannot: dict[str, str] = field(default_factory=dict)

    def tries(self, first: int, last: int) -> tuple[list[trials.Outcome], float]:
        """Try these numbers, each from a seed of its own; and the seconds, without the first."""
        key, watch = zlib.crc32(f"{self.kind}, {self.world}".encode()), cost.Stopwatch()
        every = (Draw(self.items, np.random.default_rng([key, k])) for k in range(first, last))
        made = (getattr(trials, self.trial)(draw, *self.arguments) for draw in every)
        found = [next(made)]
        with watch:
            found += made
        return found, watch.seconds


def cells() -> list[Cell]:
    """Read the registry of promises: a cell for each world and number of items."""
    found = []
    for kind, entries in read_yaml(paths.params() / "catalogue" / "promises.yaml").items():
        for entry in entries:
            entry = {name: _frozen(value) for name, value in entry.items()} | {"kind": kind}
            unit, world = entry.pop("unit", "items"), entry.pop("world")
            for items in entry.pop("items"):
                found.append(Cell(world=f"{world}, {items:,} {unit}", items=items, **entry))
    return found


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def count(
    every: Sequence[Cell], tries: int = TRIES, minutes: float = 1e6, jobs: int | None = None
) -> pd.DataFrame:
    """Try all promises so often, slow ones less often where the minutes are few: ``COLUMNS``."""
    from sklearn.utils.parallel import Parallel, delayed

    cores, few = jobs or os.cpu_count() or 1, min(FIRST, tries)
    found: list[list[trials.Outcome]] = [[] for _ in every]
    spent = np.zeros(len(every))

    def run(parts: list[tuple[int, int, int]]) -> None:
        made = Parallel(cores, return_as="generator")(
            delayed(every[cell].tries)(first, last) for cell, first, last in parts
        )
        for (cell, *_), (more, seconds) in zip(parts, progress.track(made, "tries", len(parts)), strict=True):
            found[cell] += more
            spent[cell] += seconds

    run([(cell, 0, few) for cell in range(len(every))])
    goals = few + _affordable(spent / max(1, few - 1), tries - few, 60 * minutes * cores)
    starts = [(cell, k, goal) for cell, goal in enumerate(goals) for k in range(few, goal, CHUNK)]
    run([(cell, first, min(first + CHUNK, goal)) for cell, first, goal in starts])
    rows = [row for cell, each in zip(every, found, strict=True) for row in judged(cell, each)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _affordable(seconds: NDArray, most: int, budget: float) -> NDArray[np.int64]:
    """Share the time equally; what quick cells leave over goes to slow ones."""
    low, high = 0.0, float(most * seconds.max())
    for _ in range(50):
        middle = (low + high) / 2
        fits = np.minimum(most * seconds, middle).sum() <= budget
        low, high = (middle, high) if fits else (low, middle)
    return np.minimum(most, high / np.maximum(seconds, 1e-9)).astype(int)


def judged(cell: Cell, outcomes: Sequence[trials.Outcome]) -> list[dict[str, Any]]:
    """Make the rows of a cell, with Clopper and Pearson's bounds."""
    rows = []
    for name in cell.only or outcomes[0]:
        kept, width = np.array([each[name] for each in outcomes]).T
        hits, tries = int(np.nansum(kept)), int(np.isfinite(kept).sum())
        bounds = binomtest(hits, tries).proportion_ci() if tries else (np.nan, np.nan)
        widths, row = width[np.isfinite(width)], [cell.kind, cell.world, name, cell.promised, tries]
        row += [hits / max(tries, 1), *bounds, widths.mean() if len(widths) else np.nan]
        why = cell.cannot.get(name, "")
        rows.append(dict(zip(COLUMNS, [*row, verdict(*row[3:8], why), why], strict=True)))
    return rows


def verdict(
    promised: float, tries: int, found: float, low: float, high: float, why: str = ""
) -> str:
    """Name what was found; before all tries were made, only what is refuted fails."""
    least, most = HOLDS[promised]
    power = promised < 0.9  # too much of it is as wrong as too little
    if (least <= found <= most) if power else low >= least:
        return "conservative" if found > most else "holds"
    if why:
        return "cannot hold"
    refuted = high < least or (power and low > most)
    return "fails" if refuted or tries >= TRIES else "open"


def summary(table: pd.DataFrame) -> str:
    """Say how many promises are kept, and name those that are not."""
    seen = table["verdict"].value_counts().reindex(VERDICTS, fill_value=0)
    tries = sorted({table["tries"].min(), table["tries"].max()})
    lines = [
        f"{len(table)} promises in {table['world'].nunique()} made-up worlds, "
        f"{' to '.join(f'{n:,}' for n in tries)} tries of each: {seen['holds']} hold, "
        f"{seen['conservative']} are kept more often than they must be, {seen['cannot hold']} "
        f"cannot hold and say why, {seen['fails']} fail, {seen['open']} need more tries to tell."
    ]
    for row in table[table["verdict"] == "fails"].itertuples():
        lines.append(
            f"fails: {row.kind}, {row.promise} ({row.world}): {row.found:.1%} of {row.tries:,}"
        )
    return "\n".join(lines)
