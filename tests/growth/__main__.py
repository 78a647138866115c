"""How time and memory grow: each stage at N, 4N and 16N items, each case in a fresh process."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from growth import material
from helpers.core import cost, paths
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import counted

FACTORS = (1, 4, 16)
AIM, MEMORY = 1.1, 4000  # the exponent and the megabytes that no case may exceed
RESAMPLES, CANDIDATES = 2000, 30


class Case(NamedTuple):
    """A stage: its largest number of items, what writes its files, and what is timed.

    Both take the number of items. They run in processes of their own, so that the memory of one is
    not counted as the other's.
    """

    largest: int
    prepare: Callable[[int], None]
    run: Callable[[int], object]


def _data(modality: str, kind: str, at: str) -> Callable[[int], object]:
    def run(count: int) -> object:
        from helpers.config.data_source import canonical
        from helpers.config.options import Split
        from helpers.data import checks, preparation, sources

        task = f"{modality}-classification"
        items = sources.load(canonical({kind: at}, task, "made"), task)
        split = Split().model_dump() | {"near_copies": "tie", "single": ""}
        return preparation.arrange(items, checks.survey(items), split, [])

    return run


def _features(count: int) -> object:
    from helpers.models import features

    return features.extract(material.images_in_memory(count), "scratch:efficientnet-lite0", size=32)


def _probe(count: int) -> object:
    from helpers.training import linear_probe
    from helpers.training.labelled_splits import labelled_splits

    data = material.labelled(count)
    values = material.separable(data.labels, 128)
    return linear_probe.fit(values, labelled_splits(data, "accuracy"), (1e-3, 1e-1, 10.0))


def _evaluate(count: int) -> object:
    from helpers.evaluation import chosen_on_validation, classification
    from helpers.metrics.statistics.bootstrap import Resampling

    resampling = Resampling(RESAMPLES, 42)
    sets, _ = chosen_on_validation.prediction_sets("made", "c00", 0.9, [], resampling)
    result = classification.evaluate("made", "c00", "macro-f1", [], resampling)
    classification.save(result, pd.DataFrame(), pd.DataFrame(), prediction_sets=sets)
    return result


def _compare(count: int) -> object:
    from helpers.comparison import leaderboard

    names = [f"c{number:02}" for number in range(CANDIDATES)]
    return leaderboard.compare("made", names, "macro-f1", RESAMPLES)


def _predictions(classes: int, candidates: int = 1) -> Callable[[int], None]:
    def prepare(count: int) -> None:
        material.predictions(count, classes, candidates)
        if candidates > 1:
            from helpers.evaluation import classification
            from helpers.metrics.statistics.bootstrap import Resampling

            for number in range(candidates):
                result = classification.evaluate(
                    "made", f"c{number:02}", "macro-f1", [], Resampling(200)
                )
                classification.save(result, pd.DataFrame(), pd.DataFrame())

    return prepare


CASES = {
    "data, texts": Case(200_000, material.texts, _data("text", "table", "texts.csv")),
    "data, images": Case(20_000, material.images, _data("image", "folder", "images")),
    "data, texts alike": Case(
        20_000, partial(material.texts, alike=True), _data("text", "table", "texts.csv")
    ),
    "data, images alike": Case(
        20_000, partial(material.images, alike=True), _data("image", "folder", "images")
    ),
    "features": Case(20_000, lambda count: None, _features),
    "probe": Case(200_000, lambda count: None, _probe),
    "evaluate, 10 classes": Case(1_000_000, _predictions(10), _evaluate),
    "evaluate, 1,000 classes": Case(20_000, _predictions(1000), _evaluate),
    "compare, 30 candidates": Case(200_000, _predictions(10, CANDIDATES), _compare),
    "compare, 1,000 classes": Case(4_000, _predictions(1000, CANDIDATES), _compare),
}


def measure(name: str, items: str, step: str) -> None:
    """Prepare or run a case here, and print its CPU seconds, its seconds and its peak memory."""
    if step == "prepare":
        CASES[name].prepare(int(items))
        return
    with cost.Stopwatch() as watch:
        began = time.process_time()
        CASES[name].run(int(items))
        spent = time.process_time() - began
    print(json.dumps([spent, watch.seconds, cost.peak_memory_mb()]))


def run(only: str = "") -> int:
    """Measure all cases or one, print a line for each, and return 1 if one exceeds the aims.

    Seconds are those of the processor: what else the machine does adds none.
    """
    if only:
        check_known("case", only, CASES, "CASE")
    failed = False
    width = max(map(len, CASES))
    for name in [only] if only else CASES:
        sizes = [CASES[name].largest * factor // FACTORS[-1] for factor in FACTORS]
        found = np.array([_measured(name, size) for size in sizes])
        growth, peak = exponent(sizes, found[:, 0]), found[:, 2].max()
        failed |= (much := bool(growth > AIM or peak > MEMORY))
        times = ", ".join(
            f"{size:,}: {spent:.1f} s" for size, spent in zip(sizes, found[:, 0], strict=True)
        )
        told = f"exponent {growth:.2f}, peak {peak:,.0f} MB{', more than aimed at' * much}"
        print(f"{name:<{width}}  {times}; {told}", flush=True)
    return int(failed)


def exponent(sizes: list[int], seconds: np.ndarray) -> float:
    """Fit time = constant + size ** exponent: that of what is added from step to step."""
    added = np.diff(seconds)
    if (added <= 0).any():
        return 0.0
    return float(np.log(added[1] / added[0]) / np.log(sizes[1] / sizes[0]))


def _measured(name: str, size: int) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="evalbook-growth-") as folder:
        root = Path(folder)
        (root / "params").mkdir()
        (root / "notebooks").mkdir()
        (root / "params" / "catalogue").symlink_to(paths.params() / "catalogue")
        environment = material.environment(root)
        for step in ("prepare", "run"):
            command = [sys.executable, "-m", "growth", name, str(size), step]
            done = subprocess.run(
                command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=False
            )
            if done.returncode:
                raise UserError(
                    f"{name}, {counted(size, 'item')}: {step} ended with {done.returncode}"
                )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(measure(*given) if len(given) == 3 else run(*given))
