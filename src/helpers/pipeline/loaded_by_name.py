"""What a stage loads by name: no import shows it, so the stage's digest is told here."""

from dataclasses import asdict

from helpers.config.candidates import Candidate
from helpers.config.study_file import Study
from helpers.core import code_digest
from helpers.core.dotted_names import module_of
from helpers.data import sources, tasks
from helpers.metrics import registry
from helpers.metrics.registry import lower_is_better
from helpers.models import kinds
from helpers.training import adaptations

# fields of a task that the parameters and the notebook of a stage show already
SHOWN_ELSEWHERE = ("baselines", "adaptations", "trained_with", "evaluated_with", "notebooks")


def modules(study: Study, stage: str, candidate: Candidate | None = None) -> tuple[str, ...]:
    """Name the modules that a stage of a study loads by name."""
    names = _of_task(study, stage) + _of_metric(study, stage) + _of_models(study, stage, candidate)
    methods = [each["method"] for each in study.pretrain if stage == "0-pretrain"]
    names += [f"helpers.training.pretraining.{each.replace('-', '_')}" for each in methods]
    row = tasks.get(study.task)
    if candidate and stage == "2-train" and (row.has_classes or row.on_backbones):
        boxes = not row.has_classes
        names += adaptations.modules(candidate.adaptation, candidate.model, boxes)
    return tuple(names)


def keras(study: Study, stage: str, candidate: Candidate | None = None) -> bool:
    """Tell whether a stage of a study runs networks by Keras or TensorFlow."""
    models = [each.model for each in study.contenders] if stage == "2-select" else []
    if stage == "2-train" and candidate and candidate.adaptation not in ("baseline", "predictions"):
        models = [candidate.model]
    return stage == "0-pretrain" or any(map(kinds.trainable, models))


def _of_task(study: Study, stage: str) -> list[str]:
    row = tasks.get(study.task)
    if stage == "4-compare":
        return [module_of(row.compare)]
    items = [f"helpers.data.{row.modality}.modality"]
    items += sources.modules(study.data.source, study.task)
    if stage == "0-pretrain":
        elsewhere = [each["data"] for each in study.pretrain if "data" in each]
        items += [f"helpers.data.surveys.{row.surveyed_as}"] * bool(elsewhere)
        items += [name for each in elsewhere for name in sources.modules(each, study.task)]
    if stage in ("0-pretrain", "2-select"):
        return items
    items += ["helpers.report.audio_player"] * (row.surveyed_as == "audio")
    if stage == "1-data":
        items += [name for each in study.data.shift for name in sources.modules(each, study.task)]
        items += [module_of(row.clean), module_of(row.answers)]
        items += [f"helpers.data.surveys.{row.surveyed_as}"]
        items += [f"helpers.data.checks.{name}" for name in row.checks]
    if stage == "2-train" and row.corruptions:
        items.append(module_of(row.corruptions))
    return items


def _of_metric(study: Study, stage: str) -> list[str]:
    """Name what computes the metric that training chooses by; evaluation computes its family."""
    if stage in ("0-pretrain", "1-data"):
        return []
    if stage.startswith("2-"):
        return registry.validation_modules(study.evaluate.primary)
    return registry.modules(tasks.get(study.task).metrics)


def _of_models(study: Study, stage: str, candidate: Candidate | None) -> list[str]:
    candidates = [candidate] if stage == "2-train" and candidate else []
    compared = study.contenders if stage == "2-select" else candidates
    row = tasks.get(study.task)
    return [
        name for each in compared for name in kinds.modules(each.model, row.reads(each.adaptation))
    ]


def choices(task: str) -> dict[str, str]:
    """Digest what the table of tasks says of one task, whatever it says of the others."""
    row = asdict(tasks.get(task))
    used = {name: value for name, value in row.items() if name not in SHOWN_ELSEWHERE}
    return {f"task {task}": code_digest.of_value(used)}


def named_metrics(*names: str) -> dict[str, str]:
    """Digest the labels and directions of the metrics that a stage speaks of."""
    facts = {name: (registry.METRICS[name].label, lower_is_better(name)) for name in names}
    return {"metric": code_digest.of_value(facts)}
