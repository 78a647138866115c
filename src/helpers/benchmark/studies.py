"""A whole study through make, beside a bare script that computes the same."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd

from helpers.benchmark import timing
from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.pipeline import stage_parameters

NAME = "timed"
STUDY = """\
# A probe study, to time what notebooks, make and reports add to its computations.
task: image-classification
data: {source: elpv}
candidates: [{probe: efficientnet-lite0}]
evaluate: {primary: macro-f1, slices: [cell_type]}
"""
PARTS = ("notebooks", "params/catalogue", "src")
FILES = ("Makefile", "pyproject.toml", "requirements.lock")
WHOLE, BARE = "the study by make", "a bare script"
MAKE = ["make", "--no-print-directory", f"PYTHON={sys.executable}"]
SCRIPT = [sys.executable, "-c", "from helpers.benchmark import studies; studies.bare()"]
NOTEBOOKS = 4
EDITED = "src/helpers/metrics/confusion_matrix.py"


def compare(repeats: int) -> pd.DataFrame:
    """Time, in a copy of the repository: a study, a bare script, a no-op, an edited metric."""
    with copied() as root:
        ways = {
            WHOLE: partial(_run, root, MAKE, before=_forget),
            "make again, nothing to do": partial(_run, root, MAKE),
            "make after editing a metric": partial(_run, root, MAKE, before=_edit),
            BARE: partial(_run, root, SCRIPT, before=_forget),
        }
        return timing.interleaved(ways, repeats)


def sentences(times: pd.DataFrame) -> list[str]:
    """Say what make, notebooks and reports add to the computations."""
    medians = times.groupby("way")["seconds"].median()
    overhead = medians[WHOLE] - medians[BARE]
    return [
        f"Notebooks, make and reports add {overhead:.1f} s to {medians[BARE]:.1f} s of computing: "
        f"{100 * overhead / medians[BARE]:.0f} %, or {overhead / NOTEBOOKS:.1f} s a notebook."
    ]


@contextmanager
def copied() -> Iterator[Path]:
    """Yield a copy of the repository with one study and the archives already fetched."""
    with tempfile.TemporaryDirectory(prefix="evalbook-bench-") as folder:
        root, source = Path(folder), paths.root()
        ignored = shutil.ignore_patterns("__pycache__")
        for part in PARTS:
            shutil.copytree(source / part, root / part, ignore=ignored)
        for name in FILES:
            shutil.copy(source / name, root / name)
        (root / "params" / f"{NAME}.yaml").write_text(STUDY)
        (root / ".cache").mkdir()
        archives = paths.cache("archives")
        archives.mkdir(parents=True, exist_ok=True)
        (root / ".cache" / "archives").symlink_to(archives)
        yield root


def bare() -> None:
    """Compute the study without reports: prepare, train, predict, evaluate, compare."""
    from helpers.comparison import leaderboard
    from helpers.data import dataset, preparation
    from helpers.evaluation import classification
    from helpers.metrics.statistics.bootstrap import Resampling
    from helpers.training import fit
    from helpers.training.results import AdaptationRequest

    study = study_file.load(NAME)
    given = stage_parameters.of(study, "1-data")
    split = given["split"]
    prepared = preparation.prepare(given["source"], split, study.task, None, given["slices"])
    preparation.save(NAME, prepared, given["source"], split)
    data, settings = dataset.open(NAME), study.evaluate
    for candidate in study.candidates:
        given = stage_parameters.of(study, "2-train", candidate.name)
        keys = ("model", "options", "primary", "seed", "threads")
        request = AdaptationRequest(data, **{key: given[key] for key in keys})
        trained = fit.fit(request, candidate.name, candidate.adaptation)
        fit.save(trained, fit.predict(trained))
        resampling = Resampling(settings.resamples, seed=42)
        evaluated = classification.evaluate(
            NAME, candidate.name, settings.primary, settings.slices, resampling
        )
        none = pd.DataFrame()
        classification.save(evaluated, robustness=none, shift=none)
    compared = [candidate.name for candidate in study.candidates]
    leaderboard.save(leaderboard.compare(NAME, compared, settings.primary, settings.resamples))


def _forget(root: Path) -> None:
    for name in ("build", "reports", ".cache/features", ".cache/fits"):
        shutil.rmtree(root / name, ignore_errors=True)
    (root / "reports").mkdir()


def _edit(root: Path) -> None:
    """Change the code of a metric, not just its comments."""
    file = root / EDITED
    file.write_text(file.read_text() + f"\nEDITED = {file.stat().st_size}\n")


def _run(root: Path, command: list[str], before: Callable[[Path], None] | None = None) -> None:
    if before:
        before(root)
    dropped = ("EVALBOOK_ROOT", "EVALBOOK_CACHE", "EVALBOOK_PROGRESS", "MAKEFLAGS", "MAKELEVEL")
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    environment |= {"PYTHONPATH": str(root / "src"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise UserError(f"the benchmark's study failed: {' '.join(last)}")
