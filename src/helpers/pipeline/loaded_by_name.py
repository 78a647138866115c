"""What a stage loads by name: no import shows it, so the stage's digest must be told."""

from dataclasses import asdict

from helpers.core import code_digest
from helpers.core.dotted_names import module_of
from helpers.data import tasks

CHOSEN_ELSEWHERE = (
    "baselines",
    "adaptations",
    "trained_with",
    "evaluated_with",
    "notebooks",
    "compare",
)
"""Fields of a task that a stage's parameters, notebook or modules show already."""


def modules(stage: str, task: str | None) -> list[str]:
    """Name the modules that a stage of a task loads by name."""
    if task is None:
        return []
    row = tasks.get(task)
    if stage == "4-compare":
        return [module_of(row.compare)]
    shown = [f"helpers.report.examples.{row.surveyed_as}"]
    named = [f"helpers.data.{row.modality}.modality", *(shown if stage != "2-select" else [])]
    if stage == "1-data":
        named += [module_of(row.clean), module_of(row.answers)]
        named += [f"helpers.data.surveys.{row.surveyed_as}"]
    return named


def choices(task: str | None) -> dict[str, str]:
    """Digest what the table of tasks says of one task, whatever it says of the others."""
    if task is None:
        return {}
    row = {name: value for name, value in asdict(tasks.get(task)).items()}
    kept = {name: value for name, value in row.items() if name not in CHOSEN_ELSEWHERE}
    return {f"task {task}": code_digest.of_value(kept)}
