"""A whole study through make, beside a bare script that does the same sums."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from helpers.benchmark import timing
from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.pipeline import parameters

NAME = "bench"
STUDY = """\
# A probe study, to time what notebooks, make and reports add to its sums.
task: image-classification
data: {source: elpv}
candidates: [{probe: efficientnet-lite0}]
evaluate: {primary: macro-f1, slices: [cell_type]}
"""
PARTS = ("notebooks", "params/catalogue", "src")
FILES = ("Makefile", "pyproject.toml", "requirements.lock")
WHOLE, BARE = "the study by make", "a bare script, the same sums"
NOTEBOOKS = 4
EDITED = "src/helpers/metrics/confusion_matrix.py"


def compare(repeats: int) -> pd.DataFrame:
    """Time, in a copy of the repository: a study, a bare script, a no-op, an edited metric.

    Returns
    -------
    DataFrame
        As ``timing.interleaved``.
    """
    with copied() as root:
        ways = {
            WHOLE: lambda: (_forget(root), _make(root)),
            "make again, nothing to do": lambda: _make(root),
            "make after editing a metric": lambda: (_edit(root), _make(root)),
            BARE: lambda: (_forget(root), _script(root)),
        }
        return timing.interleaved(ways, repeats)


def sentences(times: pd.DataFrame) -> list[str]:
    """Say what make, notebooks and reports add to the sums."""
    medians = times.groupby("way")["seconds"].median()
    more = medians[WHOLE] - medians[BARE]
    return [
        f"Notebooks, make and reports add {more:.1f} s to {medians[BARE]:.1f} s of sums: "
        f"{more / medians[BARE]:.0%}, or {more / NOTEBOOKS:.1f} s a notebook."
    ]


@contextmanager
def copied() -> Iterator[Path]:
    """Give a copy of the repository with one study, and the archives that were fetched."""
    with tempfile.TemporaryDirectory(prefix="evalbook-bench-") as folder:
        root, here = Path(folder), paths.root()
        for part in PARTS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(here / part, root / part, ignore=ignored)
        for name in FILES:
            shutil.copy(here / name, root / name)
        (root / "params" / f"{NAME}.yaml").write_text(STUDY)
        (root / ".cache").mkdir()
        archives = paths.cache("archives")
        archives.mkdir(parents=True, exist_ok=True)
        (root / ".cache" / "archives").symlink_to(archives)
        yield root


def bare() -> None:
    """Do the sums of the study: prepare, train, predict, evaluate, compare; nothing is shown."""
    from helpers.comparison import leaderboard
    from helpers.data import dataset, preparation
    from helpers.evaluation import classification
    from helpers.training import fit

    study = study_file.load(NAME)
    given = parameters.of(study, "1-data")
    split = given["split"]
    prepared = preparation.prepare(given["source"], split, study.task, None, given["slices"])
    preparation.save(NAME, prepared, given["source"], split)
    data, settings = dataset.open(NAME), study.evaluate
    for candidate in study.candidates:
        trained = parameters.of(study, "2-train", candidate.name)
        for name in ("study", "robustness", "selects", "probes"):
            del trained[name]
        fitted = fit.fit(data, **trained)
        fit.save(fitted, fit.predict(fitted, data))
        evaluated = classification.evaluate(
            NAME, candidate.name, settings.primary, settings.slices, settings.resamples
        )
        classification.save(evaluated)
    names = [candidate.name for candidate in study.candidates]
    leaderboard.save(leaderboard.compare(NAME, names, settings.primary, settings.resamples))


def _forget(root: Path) -> None:
    """Remove what earlier rounds made, the features among it."""
    for name in ("build", "reports", ".cache/features", ".cache/fits"):
        shutil.rmtree(root / name, ignore_errors=True)
    (root / "reports").mkdir()


def _edit(root: Path) -> None:
    """Change the code of a metric, not only its comments."""
    file = root / EDITED
    file.write_text(file.read_text() + f"\nEDITED = {file.stat().st_size}\n")


def _make(root: Path) -> None:
    _run(root, ["make", "--no-print-directory", f"PYTHON={sys.executable}"])


def _script(root: Path) -> None:
    _run(root, [sys.executable, "-c", "from helpers.benchmark import studies; studies.bare()"])


def _run(root: Path, command: list[str]) -> None:
    dropped = ("EVALBOOK_ROOT", "EVALBOOK_CACHE", "EVALBOOK_PROGRESS", "MAKEFLAGS", "MAKELEVEL")
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    environment |= {"PYTHONPATH": str(root / "src"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise UserError(f"the benchmark's study failed: {' '.join(last)}")
