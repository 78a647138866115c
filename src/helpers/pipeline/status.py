"""The state of every stage, for the index, for ``make list`` and for ``make why``."""

import contextlib
import os

from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.metrics import Metrics
from helpers.core.records.status import StageStatus, Status
from helpers.pipeline.plan import over_all, stages
from helpers.pipeline.stage import Stage


def write() -> list[StageStatus]:
    """Write build/status.json and return its stages: of params/, and of what was ever built."""
    found = [describe(stage) for name in [*known(), study_file.ACROSS] for stage in _stages(name)]
    status = Status(stages=found)
    with contextlib.suppress(UserError):
        if Status.find() == status:
            return found
    status.write()
    return found


def known() -> list[str]:
    """List the studies of params/, and those of params/full/ that have been built."""
    every = study_file.names()
    return every + [
        name
        for name in study_file.names(full=True)
        if name not in every and paths.build(name).is_dir()
    ]


def describe(stage: Stage) -> StageStatus:
    """Describe a stage as build/status.json has it."""
    record = stage.record
    return StageStatus(
        study=stage.study,
        candidate=stage.candidate,
        stage=stage.stage,
        state=_state(stage),
        seconds=record.seconds if record else None,
        digest=stage.digest,
        error=record.error if record else None,
        notebook=paths.shown(stage.executed) if stage.executed.is_file() else None,
    )


def print_list() -> None:
    """Print each study: what it shows, its candidates, how much of it is up to date."""
    for name in study_file.names(full=True):
        study, all_stages = study_file.load(name), stages(study_file.load(name))
        fresh = sum(stage.fresh for stage in all_stages)
        print(f"{name}: {fresh} of {len(all_stages)} stages up to date")
        print(f"    {study.contract}")
        print(f"    {', '.join(candidate.name for candidate in study.candidates)}")


def print_why(names: list[str]) -> None:
    """Print for each stage that is out of date what has changed since its last run."""
    stale = [stage for name in names for stage in stages(study_file.load(name)) if not stage.fresh]
    for stage in stale:
        print(f"{stage.key}: {_reasons(stage)}")
    if not stale:
        print("Everything is up to date.")


def check(names: list[str]) -> list[str]:
    """Hold the numbers of some studies against their ``expect``.

    Returns
    -------
    list of str
        One line for each number that is missing or outside; empty when all hold.
    """
    return [line for name in names for line in _violations(study_file.load(name))]


def skipped(study: study_file.Study) -> bool:
    """Tell whether a study could not be run where its data are out of reach."""
    return any(_state(stage) == "skipped" for stage in stages(study))


def _violations(study: study_file.Study) -> list[str]:
    lines = []
    if skipped(study):
        return lines  # what cannot be reached from here has no number to hold
    for key, (low, high) in study.expect.items():
        value = _value(study, key)
        place = f"{study.file}: expect.{key}"
        if value is None:
            lines.append(f"{place}: no such number yet; run `make {study.name}`")
        elif not low <= value <= high:
            lines.append(f"{place}: {value:.4f} is outside [{low:g}, {high:g}]")
    return lines


def _value(study: study_file.Study, key: str) -> float | None:
    """Look a number up: ``winner-macro-f1``, or ``<candidate>-<metric>``."""
    holders = sorted((candidate.name for candidate in study.candidates), key=len, reverse=True)
    holder = next(name for name in ["winner", *holders] if key.startswith(f"{name}-"))
    metric = key.removeprefix(f"{holder}-")
    with contextlib.suppress(UserError, KeyError):
        if holder == "winner":
            holder = Leaderboard.read(study.name).winner
        return Metrics.read(study.name, holder).metrics[metric].value
    return None


def _stages(name: str) -> list[Stage]:
    try:
        return over_all() if name == study_file.ACROSS else stages(study_file.load(name))
    except UserError:
        return []  # one broken study file does not hide the others


def _state(stage: Stage) -> str:
    record = stage.record
    if record and record.state == "running" and _alive(record.pid):
        return "running"
    if stage.fresh:
        return "ok"
    return record.state if record and record.state in ("failed", "skipped") else "stale"


def _alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0) if pid else None
    except (ProcessLookupError, PermissionError):
        return False
    return bool(pid)


def _reasons(stage: Stage) -> str:
    shown, rest = stage.changed[:4], len(stage.changed) - 4
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
