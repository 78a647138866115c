"""The index of all reports: studies, candidates, the headline with its interval, every stage."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from helpers.config.names import ACROSS
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted, listed
from helpers.core.records.across import Across
from helpers.core.records.base import Record
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.lesson import LESSONS
from helpers.core.records.metrics import Metrics
from helpers.core.records.stages import StageStatus, Status
from helpers.core.yaml_files import read_yaml
from helpers.metrics import registry
from helpers.metrics.names import metric_name
from helpers.report.pages import interval_bars, lesson_section

AnyRecord = TypeVar("AnyRecord", bound=Record)
TEMPLATES = Path(__file__).parent / "templates"
STAGES = {
    "1-data": "Data",
    "0-pretrain": "Pretrain",
    "2-select": "Select",
    "2-train": "Train",
    "3-evaluate": "Evaluate",
    "4-compare": "Compare",
    "5-across": "Across studies",
    "bench": "Benchmark",
    "coverage": "How we know that these intervals hold",
}
ALONE = ("coverage", "bench")  # pages of no study
STATES = ("failed", "skipped", "stale", "running")  # the states of a stage other than ok


@dataclass(frozen=True)
class Badge:
    """A stage: its state, a note (its duration, or the state) and the address of its page."""

    name: str
    candidate: str | None
    state: str
    label: str
    note: str
    href: str
    error: str


@dataclass(frozen=True)
class Row:
    """A candidate in a study's table."""

    name: str
    best: bool
    tied: bool
    stages: list[Badge | None]
    bounds: interval_bars.Bounds | None
    bar: interval_bars.Bar | None


@dataclass(frozen=True)
class StudyEntry:
    """A section of the index."""

    name: str
    contract: str
    answer: Leaderboard | Across | None
    old: str  # why the answer is of an earlier run, if it is
    primary: str
    stages: list[Badge]
    rows: list[Row]
    ends: tuple[str, str] | None


def write() -> Path:
    """Write reports/index.html from the records of build/, and return its path."""
    target = paths.reports() / "index.html"
    page = _page()
    if not target.is_file() or target.read_text(encoding="utf-8") != page:
        files.write_text(target, page)
    return target


def glossary() -> dict[str, dict[str, str]]:
    """Read what terms and kinds of candidates mean, a line each."""
    lines = read_yaml(Path(__file__).parent / "glossary.yaml")
    return lines | {"terms": registry.glossary() | lines["terms"]}


def failure(name: str) -> str:
    """Return the one-line error of a failed report, named ``study/[candidate/]stage.failed``."""
    where = name.removesuffix(".failed")
    return next((stage.error or "" for stage in _stages() if _name(stage) == where), "")


def _page() -> str:
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    every = _stages()
    stages = [stage for stage in every if stage.study != LESSONS]
    names = dict.fromkeys(stage.study for stage in stages)
    studies = [_study(name, [stage for stage in stages if stage.study == name]) for name in names]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return environment.get_template("index.html.j2").render(
        studies=studies,
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        summary=_summary(stages, sum(bool(study.rows) for study in studies)),
        glossary=glossary(),
        lessons=lesson_section.entries(),
        ran={stage.stage: _badge(stage) for stage in every if stage.study == LESSONS},
        alone={
            f"{name}.html": STAGES[name]
            for name in ALONE
            if (paths.reports() / f"{name}.html").is_file()
        },
    )


def _summary(stages: list[StageStatus], studies: int) -> str:
    if not stages:
        return ""
    counts = {state: sum(stage.state == state for stage in stages) for state in ("ok", *STATES)}
    parts = [f"{counts['ok']} of {len(stages)} stages are up to date"]
    parts += [f"{counts[state]} {state}" for state in STATES if counts[state]]
    spent = f"{_duration(sum(stage.seconds or 0 for stage in stages))} of run time in total"
    return f"{counted(studies, 'study', 'studies')}; {', '.join(parts)}; {spent}."


def _study(name: str, stages: list[StageStatus]) -> StudyEntry:
    board = _find(Leaderboard, name)
    badges = {(stage.candidate, stage.stage): _badge(stage) for stage in stages}
    rows, ends = _rows(name, badges, board)
    answer, primary = board or _find(Across, name), metric_name(board.primary) if board else ""
    old = _old(stages) if answer else ""
    shown = list(badges.values())
    return StudyEntry(name, _contract(name), answer, old, primary, shown, rows, ends)


def _old(stages: list[StageStatus]) -> str:
    """Say which stages have not run with what the study is made from now."""
    names = {state: [_name(each) for each in stages if each.state == state] for state in STATES}
    return "; ".join(f"{state}: {listed(found)}" for state, found in names.items() if found)


def _rows(
    study: str, badges: dict[tuple[str | None, str], Badge], board: Leaderboard | None
) -> tuple[list[Row], tuple[str, str] | None]:
    """List the candidates, those on the leaderboard first and in its order, with their scale."""
    names = list(dict.fromkeys(candidate for candidate, _ in badges if candidate))
    order = [run for row in board.rows for run in row.runs] if board else []
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    first = board.rows[0].runs if board else []
    tied = [run for row in board.rows[1:] if row.tied for run in row.runs] if board else []
    bounds = [_bounds(study, name, board.primary) if board else None for name in names]
    bars, ends = interval_bars.scaled(bounds)
    rows = []
    for name, bound, bar in zip(names, bounds, bars, strict=True):
        stages = [badges.get((name, stage)) for stage in ("2-train", "3-evaluate")]
        rows.append(Row(name, name in first, name in tied, stages, bound, bar))
    return rows, ends


def _bounds(study: str, candidate: str, primary: str) -> interval_bars.Bounds | None:
    record = _find(Metrics, study, candidate)
    result = record.metrics.get(primary) if record else None
    if result is None or result.value is None:
        return None
    if result.low is None or result.high is None:
        return result.value, result.value, result.value
    return result.low, result.value, result.high


def _badge(stage: StageStatus) -> Badge:
    name = _name(stage)
    page = f"{name}.failed.html" if stage.state == "failed" else f"{name}.html"
    href = page if (paths.reports() / page).is_file() else ""
    note = stage.state if stage.state in STATES else _duration(stage.seconds)
    label, error = STAGES.get(stage.stage, stage.stage), stage.error or ""
    return Badge(name, stage.candidate, stage.state, label, note, href, error)


def _name(stage: StageStatus) -> str:
    return "/".join(part for part in (stage.study, stage.candidate, stage.stage) if part)


def _contract(study: str) -> str:
    from helpers.config import study_file

    if study == ACROSS:
        return "The candidates that several studies share, compared over all of them."
    try:
        return study_file.load(study).contract
    except UserError as error:
        return str(error)


def _stages() -> list[StageStatus]:
    status = _find(Status)
    return status.stages if status else []


def _find(kind: type[AnyRecord], *where: str) -> AnyRecord | None:
    """Read a record; one that cannot be read counts as missing, since its stage will run again."""
    with suppress(UserError):
        return kind.find(*where)
    return None


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
