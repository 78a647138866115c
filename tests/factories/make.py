"""A copy of the working tree, and make in it as a person would run it."""

import os
import shutil
import subprocess
import sys

from factories.repository import REPOSITORY


def made(root, name, study, run=True):
    """Copy the working tree, give it one small study, and run it once, unless told not to."""
    for part in ("notebooks", "params/catalogue", "src"):
        shutil.copytree(
            REPOSITORY / part, root / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    for part in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / part, root / part)
    (root / "params" / f"{name}.yaml").write_text(study)
    if not run:
        return root
    done = make(root, name)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def make(root, *arguments):
    environment = {**os.environ, "EVALBOOK_CACHE": str(REPOSITORY / ".cache")}
    environment.pop("EVALBOOK_ROOT", None)
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def replayed(clone, study, report):
    """Run a rendered report again and compare what it shows."""
    notebook = clone / "reports" / study / f"{report}.ipynb"
    environment = {
        **os.environ,
        "PYTHONPATH": str(clone / "src"),
        "EVALBOOK_CACHE": str(REPOSITORY / ".cache"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--rootdir", str(clone), "-c", os.devnull, str(notebook)],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
    )
