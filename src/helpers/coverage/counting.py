"""Try promises many times, alike on any number of cores, and judge what was found."""

import os
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from helpers.core import dotted_names, progress
from helpers.core.yaml_files import read_yaml

TRIES, FIRST, CHUNK = 2000, 20, 100
LOOKS = (100, 200, 400, 700, 1000, 1400)  # tries after which a world that is settled is left
# from the least to the most, by what is promised
HOLDS = {0.95: (0.925, 0.985), 0.9: (0.875, 0.97), 0.8: (0.78, 0.82)}
VERDICTS = ("holds", "conservative", "open", "cannot hold", "fails")
Cell = Mapping[str, Any]
# what was promised, to 1 where it was kept, 0 where not, NaN where undefined; and a width
Outcome = Mapping[str, tuple[float, float]]
Tried = tuple[list[Outcome], float]


def cells(registry: Path) -> list[Cell]:
    """Read a registry of promises: a cell for each world and number of items.

    Its lists of entries, by kind, name a world and the ``trial``: a function that takes as many
    items, a generator of random numbers and the ``arguments``, and gives an ``Outcome``. A cell may
    say what is ``promised`` in place of .95, which names count (``only``), and by name why a
    promise ``cannot`` hold.
    """
    kinds = read_yaml(registry)
    every = [entry | {"kind": kind} for kind, entries in kinds.items() for entry in entries]
    sized = [entry | {"items": items} for entry in every for items in entry["items"]]
    world = "{world}, {items:,} {unit}".format_map
    return [cell | {"world": world({"unit": "items"} | cell)} for cell in sized]


def _tries(cell: Cell, first: int, last: int) -> Tried:
    """Try these numbers, each from a seed of its own; and the seconds of one."""
    trial, arguments = dotted_names.load(cell["trial"]), _frozen(cell.get("arguments", []))
    key, found, start = zlib.crc32(f"{cell['kind']}, {cell['world']}".encode()), [], 0.0
    for number in range(first, last):
        if number <= first + 1:  # the first try may have to find the truth
            start = time.perf_counter()
        found.append(trial(cell["items"], np.random.default_rng([key, number]), *arguments))
    return found, (time.perf_counter() - start) / max(1, last - first - 1)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def count(every: Sequence[Cell], tries: int, minutes: float, jobs: int = 0) -> pd.DataFrame:
    """Try promises until it is told whether they hold, so often at most: ``judged``.

    Where the minutes do not suffice, each world that is left has an equal share of them.
    """
    from sklearn.utils.parallel import Parallel, delayed

    def run(parts: Sequence[tuple[int, int, int]], what: str) -> list[Tried]:
        work = (delayed(_tries)(every[cell], *numbers) for cell, *numbers in parts)
        made = Parallel(cores, return_as="generator")(work)
        return list(progress.track(made, what, len(parts)))

    cores, few, end = (
        jobs or os.cpu_count() or 1,
        min(FIRST, tries),
        time.monotonic() + 60 * minutes,
    )
    first = run([(cell, 0, few) for cell in range(len(every))], "worlds")
    found, seconds = [each for each, _ in first], np.array([spent for _, spent in first])
    for look in (*(each for each in LOOKS if few < each < tries), tries):
        left = [k for k, each in enumerate(found) if not _settled(every[k], each)]
        done = np.array([len(found[k]) for k in left])
        more = _goals(seconds[left], look - done, (end - time.monotonic()) * cores)
        parts = [
            (k, start, min(start + CHUNK, old + new))
            for k, old, new in zip(left, done, more, strict=True)
            for start in range(old, old + new, CHUNK)
        ]
        made = run(parts, f"tries of what is open, up to {look:,}")
        for (k, *_), (outcomes, _) in zip(parts, made, strict=True):
            found[k].extend(outcomes)
    return pd.DataFrame([row for pair in zip(every, found, strict=True) for row in judged(*pair)])


def _settled(cell: Cell, outcomes: list[Outcome]) -> bool:
    power = cell.get("promised", 0.95) < 0.9  # to be met, and not only to be reached
    return not power and all(row["verdict"] != "open" for row in judged(cell, outcomes))


def _goals(seconds: NDArray[np.float64], tries: NDArray[np.int64], budget: float) -> list[int]:
    """Count the tries of each cell: all of them, or what an equal share of the time allows.

    What quick cells leave of theirs is shared by the others.
    """
    share, cost = 0.0, np.sort(seconds * tries)
    for done, most in enumerate(cost):
        share = max(0.0, budget - cost[:done].sum()) / (len(cost) - done)
        if share < most:
            break
    return np.minimum(tries, share / seconds).astype(int).tolist()


def judged(cell: Cell, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Make a row of each promise in a world that was made, with Clopper and Pearson's bounds.

    They are those of 99 % before all tries were made: several looks are taken at them.
    """
    rows, level = [], 0.95 if len(outcomes) >= TRIES else 0.99
    for name in cell.get("only", outcomes[0]):
        tried = [each[name] for each in outcomes if np.isfinite(each[name][0])]
        if not tried:
            continue
        kept, width = np.array(tried).T
        low, high = binomtest(int(kept.sum()), len(kept)).proportion_ci(level)
        row = {"kind": cell["kind"], "world": cell["world"], "promise": name}
        row |= {"promised": cell.get("promised", 0.95), "tries": len(kept), "found": kept.mean()}
        row |= {"low": low, "high": high, "width": width.mean()}
        row["why"] = cell.get("cannot", {}).get(name, "")
        rows.append(row | {"verdict": verdict(row)})
    return rows


def verdict(row: Mapping[str, Any]) -> str:
    """Judge what was found; before all tries were made, nothing fails that is not refuted."""
    (least, most), power = HOLDS[row["promised"]], row["promised"] < 0.9
    if least <= row["found"] <= most if power else row["low"] >= least:
        return "conservative" if row["found"] > most else "holds"
    refuted = row["high"] < least or (power and row["low"] > most)  # too much power is as wrong
    if row["why"]:
        return "cannot hold"
    return "fails" if refuted or row["tries"] >= TRIES else "open"
