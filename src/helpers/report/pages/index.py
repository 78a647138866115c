"""The index of all reports: studies, candidates, the headline with its interval, every stage."""

from pathlib import Path
from typing import Any, TypeVar

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.records.across import Across
from helpers.core.records.base import Record
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.metrics import Metrics
from helpers.core.records.status import StageStatus, Status
from helpers.core.yaml_files import read_yaml
from helpers.metrics import registry
from helpers.metrics.names import metric_name
from helpers.report.pages import interval_bars

Kind = TypeVar("Kind", bound=Record)
STAGES = {
    "1-data": "Data",
    "2-select": "Select",
    "2-train": "Train",
    "3-evaluate": "Evaluate",
    "4-compare": "Compare",
    "5-across": "Across studies",
    "bench": "Benchmark",
}
STATES = ("failed", "skipped", "stale", "running")
"""The states of a stage other than ok."""


def write() -> Path:
    """Write reports/index.html from the records of build/, and return its path."""
    target = paths.reports() / "index.html"
    page = _page(_studies())
    if not target.is_file() or target.read_text(encoding="utf-8") != page:
        files.write_text(target, page)
    return target


def stage_label(stage: str) -> str:
    """Name a stage for readers."""
    return STAGES.get(stage, stage)


def failure(name: str) -> str:
    """Return the one-line error of a failed report, named ``study/[candidate/]stage.failed``."""
    where = name.removesuffix(".failed")
    return next((stage.error or "" for stage in _stages() if _name(stage) == where), "")


def _page(studies: list[dict[str, Any]]) -> str:
    from jinja2 import Environment, FileSystemLoader

    templates = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True)
    style = (templates / "style.css").read_text(encoding="utf-8")
    from markupsafe import Markup

    contents = [{"text": study["name"], "href": f"#{study['name']}"} for study in studies]
    return environment.get_template("index.html.j2").render(
        studies=studies,
        contents=contents,
        style=Markup(style),
        summary=_summary(studies),
        glossary=_glossary(),
    )


def _glossary() -> dict[str, dict[str, str]]:
    words = read_yaml(Path(__file__).parent / "words.yaml")
    return words | {"terms": registry.glossary() | words["terms"]}


def _summary(studies: list[dict[str, Any]]) -> str:
    stages = _stages()
    if not stages:
        return ""
    counts = {state: sum(stage.state == state for stage in stages) for state in ("ok", *STATES)}
    parts = [f"{counts['ok']} of {len(stages)} stages are up to date"]
    parts += [f"{counts[state]} {state}" for state in STATES if counts[state]]
    seconds = sum(stage.seconds or 0 for stage in stages)
    count = sum(bool(study["candidates"]) for study in studies)
    spent = f"{_seconds(seconds)} of run time in total"
    return f"{counted(count, 'study', 'studies')}; {', '.join(parts)}; {spent}."


def _studies() -> list[dict[str, Any]]:
    grouped: dict[str, list[StageStatus]] = {}
    for stage in _stages():
        grouped.setdefault(stage.study, []).append(stage)
    return [_study(name, stages) for name, stages in grouped.items()]


def _study(name: str, stages: list[StageStatus]) -> dict[str, Any]:
    board = _found(Leaderboard, name)
    answer = board or _found(Across, name)
    own = {stage.stage: _badge(stage) for stage in stages if not stage.candidate}
    errors = [
        {"where": _name(stage), "text": stage.error, "href": _badge(stage)["href"]}
        for stage in stages
        if stage.state == "failed"
    ]
    return {
        "name": name,
        "contract": _contract(name),
        "recommendation": answer.recommendation if answer else None,
        "details": board.details if board else [],
        "primary": metric_name(board.primary) if board else "",
        "errors": errors,
        "skipped": next((stage.error for stage in stages if stage.state == "skipped"), ""),
        "stages": list(own.values()),
        **_candidates(name, stages, board),
    }


def _candidates(study: str, stages: list[StageStatus], board: Leaderboard | None) -> dict[str, Any]:
    """List the candidates, those on the leaderboard first and in its order, with their scale."""
    names = list(dict.fromkeys(stage.candidate for stage in stages if stage.candidate))
    order = [row.candidate for row in board.rows] if board else []
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    badges = {(stage.candidate, stage.stage): _badge(stage) for stage in stages}
    rows = [
        {
            "name": name,
            "winner": board is not None and name == board.winner,
            "tied": board is not None and name in board.tied_with,
            "train": badges.get((name, "2-train")),
            "evaluate": badges.get((name, "3-evaluate")),
            **_headline(study, name, board.primary if board else None),
        }
        for name in names
    ]
    places, ends = interval_bars.scaled([row["bounds"] for row in rows])
    rows = [row | {"place": place} for row, place in zip(rows, places, strict=True)]
    return {"candidates": rows, "ends": ends}


def _headline(study: str, candidate: str, primary: str | None) -> dict[str, Any]:
    record = _found(Metrics, study, candidate) if primary else None
    result = record.metrics.get(primary or "") if record else None
    if result is None or result.value is None:
        return {"value": None, "interval": "", "bounds": None}
    value, low, high = result.value, result.low, result.high
    if low is None or high is None:
        return {"value": f"{value:.3f}", "interval": "", "bounds": (value, value, value)}
    interval = f"[{low:.3f}, {high:.3f}]"
    return {"value": f"{value:.3f}", "interval": interval, "bounds": (low, value, high)}


def _badge(stage: StageStatus) -> dict[str, Any]:
    """Describe a stage: its state in words, its seconds, the page to read."""
    name = _name(stage) + (".failed" if stage.state == "failed" else "")
    page = paths.reports() / f"{name}.html"
    took = _seconds(stage.seconds)
    words = stage.state if stage.state in STATES else took
    label = stage_label(stage.stage)
    href = f"{name}.html" if page.is_file() else ""
    return {"state": stage.state, "label": label, "words": words, "href": href}


def _name(stage: StageStatus) -> str:
    return "/".join(part for part in (stage.study, stage.candidate, stage.stage) if part)


def _contract(study: str) -> str:
    from helpers.config import study_file

    if study == study_file.ACROSS:
        return "The candidates that several studies share, compared over all of them."
    try:
        return study_file.load(study).contract
    except UserError as error:
        return str(error)


def _stages() -> list[StageStatus]:
    status = _found(Status)
    return status.stages if status else []


def _found(kind: type[Kind], study: str | None = None, candidate: str | None = None) -> Kind | None:
    """Read a record; one that cannot be read counts as missing: its stage is to be run."""
    try:
        return kind.find(study, candidate)
    except UserError:
        return None


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
