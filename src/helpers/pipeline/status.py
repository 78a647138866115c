"""The state of every stage, for the index, for ``make list`` and for ``make why``."""

import contextlib

import psutil

from helpers.config import lesson_file, study_file
from helpers.config.lesson_file import LessonFile
from helpers.config.names import ACROSS
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import listed
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.lesson import LESSONS, LessonRecord
from helpers.core.records.metrics import Metrics
from helpers.core.records.stages import StageStatus, Status
from helpers.pipeline.plan import of, stages
from helpers.pipeline.stage import Stage
from helpers.report import lessons

OLD = {"stale": "is out of date", "failed": "failed", "running": "is running"}


def write() -> list[StageStatus]:
    """Write build/status.json and return its stages: of params/, and of what was ever built."""
    shipped, more = study_file.names(), [*study_file.names(full=True), LESSONS]
    built = [name for name in more if paths.build(name).is_dir()]
    names = dict.fromkeys([*shipped, *built, ACROSS])
    status = Status(stages=[describe(stage) for name in names for stage in _stages(name)])
    with contextlib.suppress(UserError):
        if Status.find() == status:
            return status.stages
    status.write()
    return status.stages


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
    if planned := of(LESSONS):
        fresh = sum(stage.fresh for stage in planned)
        print(f"{LESSONS}: {fresh} of {len(planned)} up to date")
        print(f"    {', '.join(stage.stage for stage in planned)}")


def print_lessons() -> None:
    """Print the table of lessons for the README, from what the last runs recorded."""
    print("| lesson | what it measures | seconds |\n| --- | --- | ---: |")
    for lesson in lesson_file.ordered():
        [stage] = of(lesson.name)
        record = LessonRecord.find(lesson.name) if stage.fresh else None
        claim = record.claims.get(lesson.number) if record else None
        seconds = f"{stage.record.seconds:.0f}" if stage.fresh and stage.record else "not run"
        found = f": {lessons.measured(claim)}" if claim else ""
        print(f"| [{lesson.title}]({lesson.file}) | {lesson.number}{found} | {seconds} |")


def print_why(names: list[str]) -> None:
    """Print for each stage that is out of date what changed since its last run."""
    stale = [stage for name in names for stage in of(name) if not stage.fresh]
    for stage in stale:
        print(f"{stage.key}: {listed(_in_words(stage, each) for each in stage.changed)}")
    if not stale:
        print("Everything is up to date.")


def _in_words(stage: Stage, changed: str) -> str:
    """Name the files of a folder that changed after the stage ran."""
    folder = paths.root() / changed
    if not stage.record or changed not in stage.origin or not folder.is_dir():
        return changed
    since = stage.record_file.stat().st_mtime_ns
    states = ((path, files.state(path)) for path in files.below(folder, hidden=False))
    new = [path[len(str(folder)) + 1 :] for path, at in states if at and at.changed > since]
    return f"{changed} ({f'changed or new: {listed(new, 3)}' if new else 'files were removed'})"


def print_check(names: list[str]) -> list[str]:
    """Print which numbers were compared with an `expect`, and return the lines of ``check``."""
    lines = check(names)
    without_numbers = [name for name in names if skipped(name)]
    compared = [name for name in names if name not in without_numbers]
    if without_numbers:
        print(f"Skipped, so there are no numbers to compare: {', '.join(without_numbers)}.")
    without = [name for name in compared if not expecting(name).expect]
    if without:
        print(f"No `expect` in the study file, so nothing was compared: {', '.join(without)}.")
    expected = [name for name in compared if name not in without]
    if expected and not lines:
        print(f"All numbers are as expected: {', '.join(expected)}.")
    return lines


def check(names: list[str]) -> list[str]:
    """Return a line for each number of some studies that is old, missing or not as expected."""
    return [line for name in names if not skipped(name) for line in _violations(name)]


def skipped(name: str) -> bool:
    """Tell whether a study was skipped because its data cannot be reached."""
    return any(_state(stage) == "skipped" for stage in of(name))


def expecting(name: str) -> study_file.Study | LessonFile:
    """Return what holds the `expect` of a study or a lesson."""
    return lesson_file.load(name) if name in lesson_file.names() else study_file.load(name)


def with_lessons(names: list[str]) -> list[str]:
    """Name each lesson in place of all; without any name, all studies and each lesson built."""
    every = {LESSONS: lesson_file.names()}
    if names:
        return [each for name in names for each in every.get(name, [name])]
    ran = {file.name.removesuffix(".stage.json") for file in paths.build(LESSONS).glob("*.json")}
    return study_file.names() + [name for name in lesson_file.names() if name in ran]


def _violations(name: str) -> list[str]:
    study, lines = expecting(name), list[str]()
    states = {each.key: state for each in of(name) if (state := _state(each)) != "ok"}
    if study.expect and states:  # numbers that are there are of an earlier run
        old = listed(f"{key} {OLD[each]}" for key, each in states.items())
        return [f"{study.file}: expect: not compared: {old}; run `make {study.name}`"]
    for key, (low, high) in study.expect.items():
        value, where = _value(study, key), f"{study.file}: expect.{key}"
        if value is None:
            lines.append(f"{where}: no such number yet; run `make {study.name}`")
        elif not low <= value <= high:
            lines.append(f"{where}: {value:.4f} is outside [{low:g}, {high:g}]")
    if isinstance(study, LessonFile):
        lines += [f"{study.file}: {each}" for each in lessons.problems(LessonRecord.read(name))]
    return lines


def _value(study: study_file.Study | LessonFile, key: str) -> float | None:
    """Look up a number: ``winner-<metric>`` or ``<candidate>-<metric>``, or a lesson's claim."""
    if isinstance(study, LessonFile):
        claim = LessonRecord.read(study.name).claims.get(key)
        return claim.value if claim else None
    holders = sorted((candidate.name for candidate in study.candidates), key=len, reverse=True)
    holder = next(name for name in ["winner", *holders] if key.startswith(f"{name}-"))
    metric = key.removeprefix(f"{holder}-")
    with contextlib.suppress(UserError, KeyError):
        if holder == "winner":
            board = Leaderboard.read(study.name)
            if metric == board.primary:
                return board.rows[0].value  # of several seeds the mean
            holder = board.rows[0].run
        return Metrics.read(study.name, holder).metrics[metric].value
    return None


def _stages(name: str) -> list[Stage]:
    try:
        return of(name)
    except UserError:
        return []  # one broken study file does not hide the others


def _state(stage: Stage) -> str:
    record = stage.record
    if record and record.state == "running" and psutil.pid_exists(record.pid or -1):
        return "running"
    if stage.fresh:
        return "ok"
    return record.state if record and record.state in ("failed", "skipped") else "stale"
