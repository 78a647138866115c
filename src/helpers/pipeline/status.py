"""The state of every stage, for the index, for ``make list`` and for ``make why``."""

import contextlib
import os

from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.metrics import Metrics
from helpers.core.records.status import StageStatus, Status
from helpers.pipeline.plan import across, stages
from helpers.pipeline.stage import Stage


def write() -> list[StageStatus]:
    """Write build/status.json and return its stages: of params/, and of what was ever built."""
    names = [*known(), study_file.ACROSS]
    status = Status(stages=[describe(stage) for name in names for stage in _stages(name)])
    with contextlib.suppress(UserError):
        if Status.find() == status:
            return status.stages
    status.write()
    return status.stages


def known() -> list[str]:
    """List the studies in params/, and those in params/full/ that were built."""
    shipped = study_file.names()
    others = [name for name in study_file.names(full=True) if name not in shipped]
    return shipped + [name for name in others if paths.build(name).is_dir()]


def describe(stage: Stage) -> StageStatus:
    """Describe a stage for build/status.json."""
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
    """Print each study: how much of it is up to date, what it shows, its candidates."""
    for name in study_file.names(full=True):
        study = study_file.load(name)
        planned = stages(study)
        fresh = sum(stage.fresh for stage in planned)
        print(f"{name}: {fresh} of {len(planned)} stages up to date")
        print(f"    {study.contract}")
        print(f"    {', '.join(candidate.name for candidate in study.candidates)}")


def print_why(names: list[str]) -> None:
    """Print for each stage that is out of date what changed since its last run."""
    stale = [stage for name in names for stage in stages(study_file.load(name)) if not stage.fresh]
    for stage in stale:
        print(f"{stage.key}: {_reasons(stage)}")
    if not stale:
        print("Everything is up to date.")


def check(names: list[str]) -> list[str]:
    """Compare the numbers of some studies with their ``expect``.

    Returns
    -------
    list of str
        One line for each number that is missing or outside its range.
    """
    return [line for name in names for line in _violations(study_file.load(name))]


def skipped(study: study_file.Study) -> bool:
    """Tell whether a study was skipped because its data cannot be reached."""
    return any(_state(stage) == "skipped" for stage in stages(study))


def _violations(study: study_file.Study) -> list[str]:
    lines: list[str] = []
    if skipped(study):
        return lines
    for key, (low, high) in study.expect.items():
        value, where = _value(study, key), f"{study.file}: expect.{key}"
        if value is None:
            lines.append(f"{where}: no such number yet; run `make {study.name}`")
        elif not low <= value <= high:
            lines.append(f"{where}: {value:.4f} is outside [{low:g}, {high:g}]")
    return lines


def _value(study: study_file.Study, key: str) -> float | None:
    """Look up a number: ``winner-<metric>`` or ``<candidate>-<metric>``."""
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
        return across() if name == study_file.ACROSS else stages(study_file.load(name))
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
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _reasons(stage: Stage) -> str:
    shown, rest = stage.changed[:4], len(stage.changed) - 4
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
