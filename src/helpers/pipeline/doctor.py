"""``make doctor``: what runs depend on is checked, and mended where that loses no work."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import psutil

from helpers.catalogue import entries, tar_packages, wheels
from helpers.config import study_file
from helpers.core import cache, cost, files, paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted, listed
from helpers.core.records.stages import StageRun
from helpers.core.records.table import RECORDS

OK, NOTE, MENDED, LEFT = "ok", "note", "mended", "to do"
KEPT = ("features", "fits", "synthesised")  # folders of the cache that hold entries alone
PLAN = re.compile(r"(#.*|STAGES :=.*|  \S+( \\)?|\S+: .*|)")  # its lines
UNFINISHED = re.compile(r"\..*\.partial(\.ipynb)?|\.(fetch|unpack|speak)-.*")
HOUR, ENOUGH = 3600, 2e9  # the age of what was left unfinished; bytes that a run may need
ASK = ["-m", "pip", "index", "versions", "pip", "--retries=0", "--timeout=5"]
Findings = Iterator[tuple[str, str]]  # ok, note, mended or to do; and what was found


def run() -> int:
    """Check everything, print what was found, and return 1 if something is left to do."""
    left = False
    for name, check in CHECKS.items():
        try:
            found = list(check())
        except Exception as error:  # one check that fails hides no other
            found = [(LEFT, f"cannot be checked: {type(error).__name__}: {reason(error)}")]
        for state, text in found:
            print(f"{state:7} {name}: {text}")
        left |= any(state == LEFT for state, _ in found)
    return int(left)


def _environment() -> Findings:
    from packaging.requirements import Requirement

    lines = (paths.root() / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(each.rstrip(" \\")) for each in lines if each[:1].isalnum()]
    locked = [each for each in locked if not each.marker or each.marker.evaluate()]
    installed = {
        each.name.lower().replace("_", "-"): each.version for each in metadata.distributions()
    }
    other = [
        f"{each.name} {installed.get(each.name, 'missing')}, not {each.specifier}"
        for each in locked
        if each.name not in installed or installed[each.name] not in each.specifier
    ]
    python = f"Python {sys.version.split()[0]}"
    missing = any(each.name not in installed for each in locked)
    if other:
        cure = ": remove .venv and run `make setup`" if missing else ""
        yield LEFT if missing else NOTE, f"{python}; {listed(other, 5)} in the lock{cure}"
    else:
        yield OK, f"{python}, {counted(len(locked), 'package')} as in the lock"


def _machine() -> Findings:
    memory = psutil.virtual_memory()
    text = f"{counted(cost.usable_cores(), 'core')}, {memory.available / 1e9:.1f} GB of memory free"
    yield OK if memory.available > ENOUGH else NOTE, text


def _disk() -> Findings:
    for folder in (paths.build(), paths.cache(), paths.reports(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
        except OSError as error:
            yield LEFT, f"{paths.shown(folder)} cannot be written: {error.strerror}"
            continue
        free = shutil.disk_usage(folder).free
        text = f"{free / 1e9:.1f} GB free for {paths.shown(folder)}"
        yield (OK, text) if free > ENOUGH else (LEFT, f"{text}: make room for {ENOUGH / 1e9:g}")


def _fonts() -> Findings:
    from helpers.report.figures import fonts

    yield OK, f"{counted(len(fonts.families()), 'family', 'families')} found"


def _cache() -> Findings:
    for path in (each for name in KEPT for each in _inside(paths.cache(name))):
        if path.name[0] != "." and (why := cache.damage(path)):
            yield _thrown_away(path, why)
    for path in _inside(paths.cache("unpacked")):
        kept = cache.read(beside := path.with_name(f"{path.name}.entry")) if path.is_dir() else None
        if path.is_dir() and not (kept and wheels.is_unpacked(path, kept.about)):
            cache.discard(beside, "of a damaged folder")
            yield _thrown_away(path, "not the files that were unpacked")
    for path in _inside(paths.cache("locks")):
        if not files.state(path):
            yield _thrown_away(path, "no file")
    yield OK, "all else is whole"


def _archives() -> Findings:
    there, pinned = 0, entries.pinned()
    for path, digest in ((paths.cache("archives", name), pinned[name]) for name in pinned):
        tar = path.with_suffix(".tar")
        there += (whole := files.is_intact(path, digest))
        if not whole and os.path.lexists(path):
            yield _thrown_away(path, "not the pinned file")
        if os.path.lexists(tar) and not tar_packages.is_intact(tar):
            yield _thrown_away(tar, "not the tar that was unpacked")
    yield OK, f"{there} of {len(pinned)} are there; others are fetched when they are needed"


def _unfinished() -> Findings:
    """Remove what killed processes left, once no process can be writing it any more."""
    here = [*_inside(paths.cache()), *paths.build().rglob("*/"), paths.build(), paths.reports()]
    for path in (each for folder in here for each in _inside(folder)):
        if UNFINISHED.fullmatch(path.name) and path.lstat().st_mtime < time.time() - HOUR:
            yield _thrown_away(path, "left unfinished")
    yield OK, "nothing else was left unfinished"


def _studies() -> Findings:
    for name in study_file.names(full=True):
        try:
            study_file.load(name)
        except UserError as error:
            yield LEFT, str(error)
    yield OK, f"{counted(len(study_file.names(full=True)), 'file')} read"


def _records() -> Findings:
    for path in sorted(paths.build().rglob("*.json")):
        kind = StageRun if path.name.endswith(".stage.json") else RECORDS.get(path.name)
        if not files.read_json_or_empty(path):
            yield _thrown_away(path, "no JSON object")
        elif kind and not kind.outdated(path):
            try:
                kind.load(path)
            except UserError as error:
                yield _thrown_away(path, str(error))
    for path in paths.build().glob("plan*.mk"):
        lines = path.read_text("utf-8", "replace").splitlines() if files.state(path) else ["?"]
        if not all(map(PLAN.fullmatch, lines)):
            yield _thrown_away(path, "no plan")
    yield OK, "all others are whole"


def _network() -> Findings:
    done = subprocess.run([sys.executable, *ASK], capture_output=True, timeout=60)
    without = "cannot be reached: what is in the cache still runs, and nothing can be fetched"
    yield (NOTE, f"the package index {without}") if done.returncode else (OK, "the index answers")


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _thrown_away(path: Path, why: str) -> tuple[str, str]:
    cache.discard(path, why)
    gone = not os.path.lexists(path)
    return MENDED if gone else LEFT, f"{paths.shown(path)}: {why}"


CHECKS: dict[str, Callable[[], Findings]]
CHECKS = {"environment": _environment, "machine": _machine, "disk": _disk, "fonts": _fonts}
CHECKS |= {"cache": _cache, "archives": _archives, "unfinished": _unfinished}
CHECKS |= {"studies": _studies, "records": _records, "network": _network}
