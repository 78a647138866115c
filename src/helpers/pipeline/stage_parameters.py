"""The parameters that are injected into each stage's notebook, as plain YAML values."""

from typing import Any

from helpers.config.candidates import Candidate
from helpers.config.study_file import Study
from helpers.core.errors import UserError
from helpers.data import tasks


def of(study: Study, stage: str, candidate: str | None = None) -> dict[str, Any]:
    """Return the parameters of a study's stage, or of a candidate's."""
    common = {"study": study.name, "seed": study.seed}
    if stage in _OF_STUDY:
        return common | _OF_STUDY[stage](study)
    named = study.candidate(candidate or "")
    return common | {"candidate": named.name} | _OF_CANDIDATE[stage](study, named)


def _data(study: Study) -> dict[str, Any]:
    data, evaluate = study.data, study.evaluate
    split = data.split.model_dump() | {"near_copies": data.near_copies, "single": study.single}
    return {
        "task": study.task,
        "source": data.source,
        "split": split,
        "limit": data.limit,
        "slices": list(evaluate.slices),
        "kept": [evaluate.correlate.column] if evaluate.correlate else [],
        "shift": list(data.shift),
        "shift_limit": data.shift_limit,
    }


def _select(study: Study) -> dict[str, Any]:
    select = study.select
    if select is None:
        raise UserError(f"{study.file}: select: this study selects no finalists")
    return {
        "contenders": [_contender(study, each) for each in study.contenders],
        "finalists": select.finalists,
        "epochs": select.options["epochs"],
        "race": select.race,
        "primary": study.evaluate.primary,
        "threads": study.threads,
        **_from_study(study, ("engine", "precision")),
    }


def _contender(study: Study, probe: Candidate) -> dict[str, Any]:
    options = probe.options
    size = options["image_size"] if "image_size" in options else options["max_tokens"]
    features = {"seed": _seed(study, probe), "weights": options["weights"], "size": size}
    return {"candidate": probe.name, "model": probe.model, **features}


def _seed(study: Study, candidate: Candidate) -> int:
    return study.seed if candidate.seed is None else candidate.seed


def _train(study: Study, candidate: Candidate) -> dict[str, Any]:
    return {
        "adaptation": candidate.adaptation,
        "model": candidate.model,
        "options": candidate.options,
        "seed": _seed(study, candidate),
        "threads": study.threads,
        **_from_study(study, tasks.get(study.task).trained_with),
        **_behind_best(study, candidate),
    }


def _behind_best(study: Study, candidate: Candidate) -> dict[str, Any]:
    """Return what resolves ``best:K``; other candidates get none of it, or all would rerun."""
    if not tasks.get(study.task).has_classes:
        return {}
    best = candidate.model.startswith("best:")
    probes = [each.name for each in study.candidates if best and each.adaptation == "probe"]
    return {"selects": best and study.select is not None, "probes": probes}


def _evaluate(study: Study, _: Candidate) -> dict[str, Any]:
    names = ("primary", "slices", "resamples", *tasks.get(study.task).evaluated_with)
    return _from_study(study, names)


def _from_study(study: Study, names: tuple[str, ...]) -> dict[str, Any]:
    evaluate, robustness = study.evaluate, study.robustness
    values = evaluate.model_dump(mode="json") | {
        "primary": _primary(study),
        "engine": study.engine,
        "precision": study.precision,
        "slices": list(evaluate.slices),
        "labels": list(evaluate.labels),
        "noise": {name: list(levels) for name, levels in evaluate.noise.items() if levels},
        "threshold": evaluate.threshold and evaluate.threshold.model_dump(exclude_none=True),
        "robustness": robustness and robustness.model_dump(mode="json"),
    }
    return {name: values[name] for name in names}


def _primary(study: Study) -> str | None:
    """Return the metric that ranks; None where the transcripts decide what it counts."""
    decided = study.primary_chosen or tasks.get(study.task).metrics != "transcription"
    return study.evaluate.primary if decided else None


def _compare(study: Study) -> dict[str, Any]:
    return {
        "candidates": [each.name for each in study.candidates],
        "primary": _primary(study),
        "resamples": study.evaluate.resamples,
        "margin": study.evaluate.margin,
    }


def _pretrain(study: Study) -> dict[str, Any]:
    return {"backbones": list(study.pretrain), "threads": study.threads}


_OF_STUDY = {"0-pretrain": _pretrain, "1-data": _data, "2-select": _select, "4-compare": _compare}
_OF_CANDIDATE = {"2-train": _train, "3-evaluate": _evaluate}
