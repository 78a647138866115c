"""Try promises many times, alike on any number of cores, and judge what was found."""

import os
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers.core import paths, progress
from helpers.core.yaml_files import read_yaml
from helpers.coverage import trials
from helpers.coverage.worlds import Draw

TRIES, FIRST, CHUNK = 2000, 20, 100
HOLDS = {0.95: (0.925, 0.985), 0.8: (0.78, 0.82)}  # from the least to the most, by what is promised
VERDICTS = ("fails", "open", "cannot hold", "conservative", "holds")
Cell = Mapping[str, Any]


def cells() -> list[Cell]:
    """Read the registry of promises: a cell for each world and number of items."""
    kinds = read_yaml(paths.params() / "catalogue" / "promises.yaml")
    every = [entry | {"kind": kind} for kind, entries in kinds.items() for entry in entries]
    sized = [entry | {"items": items} for entry in every for items in entry["items"]]
    return [
        cell | {"world": f"{cell['world']}, {cell['items']:,} {cell.get('unit', 'items')}"}
        for cell in sized
    ]


def _tries(cell: Cell, first: int, last: int) -> tuple[list[trials.Outcome], float]:
    """Try these numbers, each from a seed of its own; and the seconds of the last."""
    key, found, start = zlib.crc32(f"{cell['kind']}, {cell['world']}".encode()), [], 0.0
    for number in range(first, last):
        start = time.perf_counter()
        draw = Draw(cell["items"], np.random.default_rng([key, number]))
        found.append(getattr(trials, cell["trial"])(draw, *_frozen(cell.get("arguments", []))))
    return found, time.perf_counter() - start


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def count(
    every: Sequence[Cell], tries: int = TRIES, minutes: float = 1e6, jobs: int | None = None
) -> pd.DataFrame:
    """Try every promise so often, or as often as its share of the minutes allows; see ``judged``.

    Which tries are made depends on nothing but their number.
    """
    from sklearn.utils.parallel import Parallel, delayed

    cores, few = jobs or os.cpu_count() or 1, min(FIRST, tries)

    def run(parts: list[tuple[int, int, int]]) -> list[tuple[list[trials.Outcome], float]]:
        work = (delayed(_tries)(every[cell], *numbers) for cell, *numbers in parts)
        done = Parallel(cores, return_as="generator")(work)
        return list(progress.track(done, "tries of promises", len(parts)))

    made = run([(cell, 0, few) for cell in range(len(every))])
    share = 60 * minutes * cores / len(every)
    goals = [min(tries, int(share / seconds)) for _, seconds in made]
    starts = [(cell, k) for cell, goal in enumerate(goals) for k in range(few, goal, CHUNK)]
    parts = [(cell, k, min(k + CHUNK, goals[cell])) for cell, k in starts]
    for (cell, *_), (more, _) in zip(parts, run(parts), strict=True):
        made[cell][0].extend(more)
    found = zip(every, made, strict=True)
    return pd.DataFrame([row for cell, (each, _) in found for row in judged(cell, each)])


def judged(cell: Cell, outcomes: Sequence[trials.Outcome]) -> list[dict[str, Any]]:
    """Make a row of each promise in a world, with Clopper and Pearson's bounds."""
    rows = []
    for name in cell.get("only", outcomes[0]):
        kept, width = np.array([each[name] for each in outcomes if np.isfinite(each[name][0])]).T
        low, high = binomtest(int(kept.sum()), len(kept)).proportion_ci()
        row = {"kind": cell["kind"], "world": cell["world"], "promise": name}
        row |= {"promised": cell.get("promised", 0.95), "tries": len(kept), "found": kept.mean()}
        row |= {"low": low, "high": high, "width": width.mean()}
        why = cell.get("cannot", {}).get(name, "")
        rows.append(row | {"verdict": verdict(row, bool(why)), "why": why})
    return rows


def verdict(row: Mapping[str, Any], excused: bool = False) -> str:
    """Judge what was found; before all tries were made, nothing fails that is not refuted."""
    (least, most), power = HOLDS[row["promised"]], row["promised"] < 0.9
    if least <= row["found"] <= most if power else row["low"] >= least:
        return "conservative" if row["found"] > most else "holds"
    refuted = row["high"] < least or (power and row["low"] > most)  # too much power is as wrong
    failed = "cannot hold" if excused else "fails"
    return failed if refuted or row["tries"] >= TRIES else "open"


def file() -> Path:
    """Return where a run keeps its table."""
    return paths.build() / "coverage.csv"


def summary(table: pd.DataFrame) -> str:
    """Say how many promises are kept, and which are not."""
    seen = table["verdict"].value_counts().reindex(VERDICTS, fill_value=0)
    parts = [f"{seen['holds']} hold", f"{seen['conservative']} are kept more often than promised"]
    parts += [f"{seen['cannot hold']} cannot hold, for a reason that is given"]
    parts += [f"{seen['fails']} fail", f"{seen['open']} need more tries to tell"]
    tried = f"{table['tries'].min():,} to {table['tries'].max():,} tries of each"
    failed = table[table["verdict"] == "fails"].itertuples()
    lines = [
        f"fails: {row.promise} ({row.world}), {row.found:.1%} of {row.tries}" for row in failed
    ]
    total = f"{len(table)} promises in {table['world'].nunique()} made-up worlds, {tried}"
    return "\n".join([f"{total}: {', '.join(parts)}.", *lines])
