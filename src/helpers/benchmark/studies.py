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
from helpers.pipeline import plan, stage_parameters

NAME = "solar-cells"
PARTS = ("notebooks", "params/catalogue", "src")
FILES = ("Makefile", "pyproject.toml", "requirements.lock", f"params/{NAME}.yaml")
WHOLE, SINGLY, BARE = "make solar-cells", "make solar-cells JOBS=1", "a bare script"
MAKE = ["make", "--no-print-directory", f"PYTHON={sys.executable}"]
SCRIPT = [sys.executable, "-c", "from helpers.benchmark import studies; studies.bare()"]
EDITED = "src/helpers/metrics/confusion_matrix.py"


def compare(repeats: int) -> pd.DataFrame:
    """Time, in a copy of the repository: a study, one without make, a no-op, an edited metric."""
    with copied() as root:
        ways = {
            WHOLE: partial(_run, root, MAKE, before=_forget),
            SINGLY: partial(_run, root, [*MAKE, "JOBS=1"], before=_forget),
            "make again, nothing to do": partial(_run, root, MAKE),
            "make after editing a metric": partial(_run, root, MAKE, before=_edit),
            BARE: partial(_run, root, SCRIPT, before=_forget),
        }
        return timing.interleaved(ways, repeats)


def sentences(times: pd.DataFrame) -> list[str]:
    """Say what make, notebooks and reports add to the computations."""
    medians, count = times.groupby("way")["seconds"].median(), len(plan.of(NAME))
    one, several = (medians[way] - medians[BARE] for way in (SINGLY, WHOLE))
    share, other = (100 * each / medians[BARE] for each in (one, several))
    return [
        f"Notebooks, make and reports add {one:.1f} s to {medians[BARE]:.1f} s of computing, one "
        f"stage at a time: {share:.0f} %, or {one / count:.2f} s for each of {count} notebooks.",
        f"With stages side by side, as make runs them, they add {several:.1f} s: {other:.0f} %.",
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
        (root / "reports").mkdir()
        (root / ".cache").mkdir()
        archives = paths.cache("archives")
        archives.mkdir(parents=True, exist_ok=True)
        (root / ".cache" / "archives").symlink_to(archives)
        yield root


def bare(name: str = NAME) -> None:
    """Compute a study without reports: prepare, train, predict, evaluate, compare.

    It is one of images with a probe, a fine-tune or a baseline, and without pretraining.
    """
    from helpers.comparison import leaderboard
    from helpers.data import dataset, preparation
    from helpers.evaluation import chosen_on_validation, classification
    from helpers.metrics.statistics.bootstrap import Resampling
    from helpers.training import fit, learning_curve
    from helpers.training.results import AdaptationRequest

    study = study_file.load(name)
    given = stage_parameters.of(study, "1-data")
    split = given["split"]
    prepared = preparation.prepare(
        given["source"], split, study.task, given["limit"], given["slices"]
    )
    preparation.save(name, prepared, given["source"], split)
    data, settings = dataset.open(name), study.evaluate
    for candidate in study.candidates:
        given = stage_parameters.of(study, "2-train", candidate.name)
        keys = ("model", "options", "primary", "seed", "threads")
        request = AdaptationRequest(data, **{key: given[key] for key in keys})
        trained = fit.fit(request, candidate.name, candidate.adaptation)
        fit.save(trained, fit.predict(trained))
        learning_curve.save(trained, learning_curve.measure(trained))
        resampling = Resampling(settings.resamples, seed=42)
        asked = (name, candidate.name)
        given = stage_parameters.of(study, "3-evaluate", candidate.name)
        evaluated = classification.evaluate(*asked, settings.primary, settings.slices, resampling)
        level, slices = given["prediction_sets"], settings.slices
        sets, _ = chosen_on_validation.prediction_sets(*asked, level, slices, resampling)
        chosen, _ = chosen_on_validation.threshold(*asked, given["threshold"], resampling)
        none = pd.DataFrame()
        classification.save(evaluated, none, none, prediction_sets=sets, threshold=chosen)
    compared = [candidate.name for candidate in study.candidates]
    leaderboard.save(leaderboard.compare(name, compared, settings.primary, settings.resamples))


def _forget(root: Path) -> None:
    for path in (root / "build", root / "reports", *(root / ".cache").iterdir()):
        if path.name != "archives":
            shutil.rmtree(path, ignore_errors=True)
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
