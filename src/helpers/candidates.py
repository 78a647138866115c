"""Candidates of a study: a model with an adaptation, its options typed."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from helpers import catalogue
from helpers.errors import UserError, unknown
from helpers.typed import Section, check

Grid = Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)]
ClassWeight = Literal["balanced"] | None


class MajorityOptions(Section):
    """The most frequent class has nothing to set."""


class PixelsOptions(Section):
    """A classical model on pixels scaled to ``image_size``; C is chosen on validation."""

    image_size: Annotated[int, Field(ge=4, le=256)] = 28
    regularisation: Grid = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
    class_weight: ClassWeight = None


class NetworkOptions(Section):
    """What every network takes: ``imagenet`` or no weights, and its picture size in pixels."""

    weights: Literal["imagenet", "none"] | None = None
    image_size: Annotated[int, Field(ge=16, le=1024)] | None = None
    class_weight: ClassWeight = None


class ProbeOptions(NetworkOptions):
    """A logistic regression on frozen features; C is chosen on validation."""

    regularisation: Grid = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)


class FinetuneOptions(NetworkOptions):
    """The probe as head first, then the whole network at a small rate."""

    epochs: Annotated[int, Field(ge=1, le=1000)] = 4
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 32
    rate: Annotated[float, Field(gt=0, le=1)] = 5e-5
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    patience: Annotated[int, Field(ge=1)] = 2
    augment: tuple[Literal["flip", "crop", "colour"], ...] = ("flip",)
    time_budget: Annotated[float, Field(gt=0)] | None = None


class ScratchOptions(FinetuneOptions):
    """The same network from random weights: the control that tells what pretraining is worth."""

    rate: Annotated[float, Field(gt=0, le=1)] = 1e-3
    epochs: Annotated[int, Field(ge=1, le=1000)] = 10


BASELINES: dict[str, type[Section]] = {
    "majority": MajorityOptions,
    "pixels": PixelsOptions,
    "pixels-svm": PixelsOptions,
}
ADAPTATIONS: dict[str, type[Section]] = {
    "probe": ProbeOptions,
    "finetune": FinetuneOptions,
    "scratch": ScratchOptions,
}


class Candidate(Section):
    """A model with an adaptation.

    ``model`` is a baseline's name, a catalogue name, ``keras:``, ``kerashub:``, ``file:`` or
    ``scratch:`` with a name, or ``best:K``: the K-th best probe of the study by validation score,
    or the K-th finalist where the study selects. ``NAME@LAYER`` ends the network at a layer.
    """

    name: str
    adaptation: Literal["baseline", "probe", "finetune", "scratch"]
    model: str
    options: dict[str, Any]
    seed: int | None = None


def expand(entries: Any, where: str) -> list[Candidate]:
    """Turn a study's ``candidates:`` list into candidates, in its order.

    Raises
    ------
    UserError
        Unknown adaptation, model or option; a name twice; ``best`` with too few probes.
    """
    where = f"{where}: candidates"
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{where}: a list is needed, such as `- probe: [efficientnet-lite0]`")
    made: list[Candidate] = []
    for entry in entries:
        made.extend(_candidates(entry, where))
    _check_names(made, where)
    _check_best(made, where)
    return made


def finalists(
    candidates: tuple[Candidate, ...], count: int, options: dict[str, Any], where: str
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Part a study's probes from its other candidates, and make ``best:1`` to ``best:count``.

    Returns
    -------
    tuple
        The probes, the others, and the fine-tunes of the finalists, which have the options given.

    Raises
    ------
    UserError
        Fewer different models among the probes than finalists; a name twice.
    """
    probes = tuple(each for each in candidates if each.adaptation == "probe")
    others = tuple(each for each in candidates if each.adaptation != "probe")
    models = len({each.model for each in probes})
    if count > models:
        raise UserError(f"{where}: finalists: {count} of {models} probe(s) in this study")
    made = tuple(
        Candidate(
            name=f"finetune-best-{place}",
            adaptation="finetune",
            model=f"best:{place}",
            options=options,
        )
        for place in range(1, count + 1)
    )
    _check_names([*candidates, *made], where)
    return probes, others, made


def _candidates(entry: Any, where: str) -> Iterator[Candidate]:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UserError(f"{where}: {entry!r}: an adaptation with its models is needed")
    [(adaptation, models)] = entry.items()
    if adaptation not in ("baseline", *ADAPTATIONS):
        raise unknown("adaptation", adaptation, ["baseline", *ADAPTATIONS], where)
    for model in models if isinstance(models, list) else [models]:
        yield from _seeded(adaptation, model, f"{where}: {adaptation}")


def _seeded(adaptation: str, spec: Any, where: str) -> Iterator[Candidate]:
    """Make one candidate, or one for each of its ``seeds``."""
    seeds = spec.get("seeds") if isinstance(spec, dict) else None
    if seeds is None:
        yield _candidate(adaptation, spec, where)
        return
    if not isinstance(seeds, list) or not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise UserError(f"{where}: seeds: a list of whole numbers is needed, not {seeds!r}")
    plain = _candidate(adaptation, {k: v for k, v in spec.items() if k != "seeds"}, where)
    for seed in seeds:
        yield plain.model_copy(update={"name": f"{plain.name}-seed-{seed}", "seed": seed})


def _candidate(adaptation: str, spec: Any, where: str) -> Candidate:
    fields = dict(spec) if isinstance(spec, dict) else {"model": spec}
    name = fields.pop("name", None)
    if "best" in fields:
        fields["model"] = f"best:{fields.pop('best')}"
    model = fields.pop("model", None)
    if not isinstance(model, str):
        raise UserError(f"{where}: a model's name is needed, not {spec!r}")
    options = BASELINES if adaptation == "baseline" else ADAPTATIONS
    if adaptation == "baseline":
        if model not in BASELINES:
            raise unknown("baseline", model, BASELINES, where)
        kind = options[model]
    else:
        _check_model(adaptation, model, where)
        kind = options[adaptation]
    name = name or (model if adaptation == "baseline" else f"{adaptation}-{_slug(model)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", str(name)):
        raise UserError(f"{where}: name {name!r}: lower-case letters, digits and dashes are needed")
    values = check(kind, fields, f"{where}: {model}").model_dump(mode="json")
    return Candidate(name=name, adaptation=adaptation, model=model, options=values)


def _check_model(adaptation: str, model: str, where: str) -> None:
    if model.startswith("best:"):
        if adaptation != "finetune" or not model[5:].isdigit() or int(model[5:]) < 1:
            raise UserError(f"{where}: best: a count from 1 is needed, under finetune only")
        return
    catalogue.check_model(model, where)


def _check_names(candidates: list[Candidate], where: str) -> None:
    for index, candidate in enumerate(candidates):
        if candidate.name in {other.name for other in candidates[:index]}:
            raise UserError(f"{where}: {candidate.name} is there twice; give one of them a `name:`")


def _check_best(candidates: list[Candidate], where: str) -> None:
    probes = sum(candidate.adaptation == "probe" for candidate in candidates)
    for candidate in candidates:
        if candidate.model.startswith("best:") and int(candidate.model[5:]) > probes:
            wanted = candidate.model[5:]
            raise UserError(f"{where}: finetune: best: {wanted} of {probes} probe(s) in this study")


def _slug(model: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
