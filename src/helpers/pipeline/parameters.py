"""What is injected into the notebook of each stage, as plain YAML values."""

from typing import Any

from helpers.config.candidates import Candidate
from helpers.config.study_file import Study
from helpers.data.tasks import recognises


def of(study: Study, stage: str, candidate: str | None = None) -> dict[str, Any]:
    """Return the parameters of a stage of a study, and of a candidate where the stage is its own.

    Raises
    ------
    UserError
        No such candidate, with the closest name.
    """
    common = {"study": study.name, "seed": study.seed}
    if stage in _OF_STUDY:
        return common | _OF_STUDY[stage](study)
    chosen = study.candidate(candidate or "")
    return common | {"candidate": chosen.name} | _OF_CANDIDATE[stage](study, chosen)


def _data(study: Study) -> dict[str, Any]:
    data, evaluate = study.data, study.evaluate
    return {
        "task": study.task,
        "source": data.source,
        "split": data.split.model_dump(),
        "limit": data.limit,
        "slices": list(evaluate.slices),
        "kept": [evaluate.correlate.column] if evaluate.correlate else [],
        "shift": list(data.shift),
        "shift_limit": data.shift_limit,
    }


def _select(study: Study) -> dict[str, Any]:
    return {
        "contenders": [_contender(each, study.seed) for each in study.contenders],
        "finalists": study.select.finalists,
        "epochs": study.select.options["epochs"],
        "race": study.select.race,
        "primary": study.evaluate.primary,
        "threads": study.threads,
    }


def _contender(candidate: Candidate, seed: int) -> dict[str, Any]:
    """Return what its features depend on, beside the name of its probe."""
    options = candidate.options
    size = options["image_size"] if "image_size" in options else options["max_tokens"]
    kept = {"weights": options["weights"], "size": size}
    seed = seed if candidate.seed is None else candidate.seed
    return {"candidate": candidate.name, "model": candidate.model, "seed": seed, **kept}


def _train(study: Study, candidate: Candidate) -> dict[str, Any]:
    """Return what is learnt, chosen by what, and what disturbs it; a recogniser is not chosen."""
    evaluate, robustness = study.evaluate, study.robustness
    learnt = {
        "adaptation": candidate.adaptation,
        "model": candidate.model,
        "options": candidate.options,
        "seed": study.seed if candidate.seed is None else candidate.seed,
        "threads": study.threads,
    }
    if recognises(study.task):
        worse = {"noise": evaluate.noise.asked(), "noise_utterances": evaluate.noise_utterances}
        return learnt | worse
    disturbed = robustness and robustness.model_dump(mode="json")
    asked = candidate.model.startswith("best:")
    probes = [each.name for each in study.candidates if each.adaptation == "probe" and asked]
    return learnt | {
        "selects": asked and study.select is not None,
        "probes": probes,
        "primary": evaluate.primary,
        "robustness": disturbed,
    }


def _evaluate(study: Study, _: Candidate) -> dict[str, Any]:
    evaluate = study.evaluate
    judged = {
        "primary": evaluate.primary,
        "slices": list(evaluate.slices),
        "resamples": evaluate.resamples,
    }
    if recognises(study.task):
        return judged | {"normalisation": evaluate.normalisation}
    return judged | {"correlate": evaluate.correlate and evaluate.correlate.model_dump()}


def _compare(study: Study) -> dict[str, Any]:
    return {
        "candidates": [each.name for each in study.candidates],
        "primary": study.evaluate.primary,
        "resamples": study.evaluate.resamples,
    }


_OF_STUDY = {"1-data": _data, "2-select": _select, "4-compare": _compare}
_OF_CANDIDATE = {"2-train": _train, "3-evaluate": _evaluate}
