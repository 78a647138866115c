"""The index of all reports: studies, candidates, the headline with its interval, every stage."""

from pathlib import Path
from typing import Any

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.yaml_files import read_yaml
from helpers.metrics import registry
from helpers.metrics.names import metric_name
from helpers.report.pages import interval_bars

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
    return next((stage["error"] or "" for stage in _stages() if _name(stage) == where), "")


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
    counts = {state: sum(stage["state"] == state for stage in stages) for state in ("ok", *STATES)}
    parts = [f"{counts['ok']} of {len(stages)} stages are up to date"]
    parts += [f"{counts[state]} {state}" for state in STATES if counts[state]]
    seconds = sum(stage["seconds"] or 0 for stage in stages)
    count = sum(bool(study["candidates"]) for study in studies)
    spent = f"{_seconds(seconds)} of run time in total"
    return f"{counted(count, 'study', 'studies')}; {', '.join(parts)}; {spent}."


def _studies() -> list[dict[str, Any]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for stage in _stages():
        grouped.setdefault(stage["study"], []).append(stage)
    return [_study(name, stages) for name, stages in grouped.items()]


def _study(name: str, stages: list[dict[str, Any]]) -> dict[str, Any]:
    board = files.read_json_or_empty(paths.build(name) / "leaderboard.json")
    board = board or files.read_json_or_empty(paths.build(name) / "across.json")
    own = {stage["stage"]: _badge(stage) for stage in stages if not stage["candidate"]}
    errors = [
        {"where": _name(stage), "text": stage["error"], "href": _badge(stage)["href"]}
        for stage in stages
        if stage["state"] == "failed"
    ]
    return {
        "name": name,
        "contract": _contract(name),
        "recommendation": board.get("recommendation"),
        "details": board.get("details", []),
        "primary": metric_name(board.get("primary") or ""),
        "errors": errors,
        "skipped": next((each["error"] for each in stages if each["state"] == "skipped"), ""),
        "stages": list(own.values()),
        **_candidates(name, stages, board),
    }


def _candidates(study: str, stages: list[dict[str, Any]], board: dict[str, Any]) -> dict[str, Any]:
    """List the candidates, those on the leaderboard first and in its order, with their scale."""
    names = list(dict.fromkeys(stage["candidate"] for stage in stages if stage["candidate"]))
    order = [row["candidate"] for row in board.get("rows", [])]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    badges = {(stage["candidate"], stage["stage"]): _badge(stage) for stage in stages}
    rows = [
        {
            "name": name,
            "winner": name == board.get("winner"),
            "tied": name in (board.get("tied_with") or []),
            "train": badges.get((name, "2-train")),
            "evaluate": badges.get((name, "3-evaluate")),
            **_headline(study, name, board.get("primary")),
        }
        for name in names
    ]
    places, ends = interval_bars.scaled([row["bounds"] for row in rows])
    rows = [row | {"place": place} for row, place in zip(rows, places, strict=True)]
    return {"candidates": rows, "ends": ends}


def _headline(study: str, candidate: str, primary: str | None) -> dict[str, Any]:
    metrics = files.read_json_or_empty(paths.build(study, candidate) / "metrics.json").get(
        "metrics", {}
    )
    found = metrics.get(primary) if primary else None
    if not found or found["value"] is None:
        return {"value": None, "interval": "", "bounds": None}
    value, low, high = found["value"], found["low"], found["high"]
    if low is None or high is None:
        return {"value": f"{value:.3f}", "interval": "", "bounds": (value, value, value)}
    interval = f"[{low:.3f}, {high:.3f}]"
    return {"value": f"{value:.3f}", "interval": interval, "bounds": (low, value, high)}


def _badge(stage: dict[str, Any]) -> dict[str, Any]:
    """Describe a stage: its state in words, its seconds, the page to read."""
    name = _name(stage) + (".failed" if stage["state"] == "failed" else "")
    page = paths.reports() / f"{name}.html"
    took = _seconds(stage["seconds"])
    words = stage["state"] if stage["state"] in STATES else took
    label = stage_label(stage["stage"])
    href = f"{name}.html" if page.is_file() else ""
    return {"state": stage["state"], "label": label, "words": words, "href": href}


def _name(stage: dict[str, Any]) -> str:
    return "/".join(part for part in (stage["study"], stage["candidate"], stage["stage"]) if part)


def _contract(study: str) -> str:
    from helpers.config import study_file

    if study == study_file.ACROSS:
        return "The candidates that several studies share, compared over all of them."
    try:
        return study_file.load(study).contract
    except UserError as error:
        return str(error)


def _stages() -> list[dict[str, Any]]:
    return files.read_json_or_empty(paths.build() / "status.json").get("stages", [])


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
