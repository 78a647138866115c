"""What a stage loads by name: no import shows it, so the stage's digest must be told."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from helpers.core import code_digest
from helpers.core.dotted_names import module_of
from helpers.data import sources, tasks
from helpers.metrics import registry

CHOSEN_ELSEWHERE = (
    "baselines",
    "adaptations",
    "trained_with",
    "evaluated_with",
    "notebooks",
    "compare",
)
"""Fields of a task that a stage's parameters, notebook or modules show already."""


def modules(stage: str, task: str | None, parameters: Mapping[str, Any]) -> list[str]:
    """Name the modules that a stage of a task loads by name."""
    if task is None:
        return []
    row = tasks.get(task)
    if stage == "4-compare":
        return [module_of(row.compare)]
    shown = [f"helpers.report.examples.{row.surveyed_as}"]
    named = [f"helpers.data.{row.modality}.modality", *(shown if stage != "2-select" else [])]
    if stage == "1-data":
        own = [f"helpers.data.checks.{name}" for name in row.checks]
        named += [module_of(row.clean), module_of(row.answers)]
        named += [f"helpers.data.surveys.{row.surveyed_as}", *own]
        for source in (parameters["source"], *parameters.get("shift", ())):
            named += sources.modules(source, task)
    return named


def choices(task: str | None) -> dict[str, str]:
    """Digest what the table of tasks says of one task, whatever it says of the others."""
    if task is None:
        return {}
    row = {name: value for name, value in asdict(tasks.get(task)).items()}
    kept = {name: value for name, value in row.items() if name not in CHOSEN_ELSEWHERE}
    return {f"task {task}": code_digest.of_value(kept)}


def metric_modules(stage: str, parameters: dict[str, Any]) -> list[str]:
    """Name the modules of the metrics that a stage computes: to choose by, or all of its family."""
    primary = parameters.get("primary")
    if primary not in registry.METRICS:
        return []
    if stage.startswith("2-"):
        return registry.validation_modules(primary)
    return registry.modules(registry.METRICS[primary].family)


def metric_facts(stage: str, parameters: dict[str, Any]) -> dict[str, str]:
    """Digest the labels and directions of the metrics that a stage speaks of."""
    names = registry.METRICS if stage == "5-across" else [parameters.get("primary")]
    entries = [registry.METRICS[name] for name in names if name in registry.METRICS]
    facts = {each.name: (each.label, each.lower_is_better) for each in entries}
    return {"metric": code_digest.of_value(facts)} if facts else {}
