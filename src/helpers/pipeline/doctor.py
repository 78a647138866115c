"""``make doctor``: what runs depend on is checked, and mended where that loses no work."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import psutil
from packaging.requirements import Requirement

from helpers.catalogue import entries, tar_packages, wheels
from helpers.core import cache, cost, files, paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted, listed
from helpers.core.records.stages import StageRun
from helpers.core.records.table import RECORDS
from helpers.report.figures import fonts

OK, NOTE, MENDED, LEFT = "ok", "note", "mended", "to do"
UNFINISHED = re.compile(r"\..*\.partial(\.ipynb)?|\.fetch-.*")
HOUR, ENOUGH = 3600, 2e9  # the age of what was left unfinished; bytes that a run may need
ASK = ["-m", "pip", "index", "versions", "pip", "--retries=0", "--timeout=5"]
Findings = Iterator[tuple[str, str]]  # a state, and what was found


def run() -> int:
    """Check everything, print what was found, and return 1 if something is left to do."""
    left = False
    for check in (_environment, _machine, _kept, _built):
        try:
            found = list(check())
        except Exception as error:  # one check that fails hides no other
            found = [(LEFT, f"{check.__name__}: {type(error).__name__}: {reason(error)}")]
        print("\n".join(f"{state:7} {text}" for state, text in found))
        left |= LEFT in dict(found)
    return int(left)


def _environment() -> Findings:
    lines = (paths.root() / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(each.rstrip(" \\")) for each in lines if each[:1].isalnum()]
    here = {re.sub("[_.]", "-", x.name.lower()): x.version for x in metadata.distributions()}
    asked = [each for each in locked if not each.marker or each.marker.evaluate()]
    if lacking := [each.name for each in asked if each.name not in here]:
        yield LEFT, f"missing packages: {listed(lacking)}: remove .venv and run `make setup`"
    if other := [e.name for e in asked if e.name in here and here[e.name] not in e.specifier]:
        yield NOTE, f"packages of another version than in the lock: {listed(other)}"
    yield OK, f"Python {sys.version.split()[0]}, {len(fonts.families())} families of fonts"
    away = subprocess.run([sys.executable, *ASK], capture_output=True, timeout=60).returncode
    yield (NOTE, "the package index is out of reach") if away else (OK, "the package index answers")


def _machine() -> Findings:
    free, cores = psutil.virtual_memory().available, counted(cost.usable_cores(), "core")
    yield OK if free > ENOUGH else NOTE, f"{cores}, {free / 1e9:.1f} GB of memory free"
    for folder in (paths.build(), paths.cache(), paths.reports(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            free = shutil.disk_usage(folder).free
            yield OK if free > ENOUGH else LEFT, f"{paths.shown(folder)}: {free / 1e9:.1f} GB free"
        except OSError as error:
            yield LEFT, f"{paths.shown(folder)} cannot be written: {error.strerror}"


def _kept() -> Findings:
    for path in (each for name in cache.FOLDERS for each in _inside(paths.cache(name))):
        if path.name[0] != "." and cache.read(path) is None:
            yield MENDED, f"{paths.shown(path)}: no whole entry"
    for path in filter(Path.is_dir, _inside(paths.cache("unpacked"))):
        if path.name[0] != "." and not wheels.is_unpacked(path):
            yield _thrown_away(path, "not the files that were unpacked")
    there, pinned = 0, entries.pinned()
    for each in pinned:
        path = paths.cache("archives", entries.file_of(each))
        there += (whole := files.is_intact(path, each.sha256))
        if not whole and os.path.lexists(path):
            yield _thrown_away(path, "not the pinned file")
        if os.path.lexists(tar := path.with_suffix(".tar")) and not tar_packages.is_intact(tar):
            yield _thrown_away(tar, "not the tar that was unpacked")
    yield OK, f"{there} of {len(pinned)} archives are there; others are fetched when needed"


def _built() -> Findings:
    for path in sorted(paths.build().rglob("*.json")):
        kind = StageRun if path.name.endswith(".stage.json") else RECORDS.get(path.name)
        try:
            if not files.read_json_or_empty(path):
                yield _thrown_away(path, "no JSON object")
            elif kind and not kind.outdated(path):
                kind.load(path)
        except UserError as error:
            yield _thrown_away(path, str(error))
    folders = [*_inside(paths.cache()), *paths.build().rglob("*/"), paths.build(), paths.reports()]
    for path in (each for folder in folders for each in _inside(folder)):
        if UNFINISHED.fullmatch(path.name) and path.lstat().st_mtime < time.time() - HOUR:
            yield _thrown_away(path, "left unfinished")
    yield OK, "all other entries and records are whole"


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _thrown_away(path: Path, why: str) -> tuple[str, str]:
    return (MENDED if cache.discard(path) else LEFT), f"{paths.shown(path)}: {why}"
