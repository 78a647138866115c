"""Candidates of a study: a model with an adaptation, its options typed."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from helpers.catalogue import entries
from helpers.config import model_names
from helpers.core import dotted_names, paths
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, check
from helpers.data import tasks


class Candidate(Section):
    """A model with an adaptation.

    ``model`` is a baseline's name, a catalogue name, ``keras:``, ``kerashub:``, ``file:`` or
    ``scratch:`` with a name, or ``best:K``: the K-th best probe of the study by validation score,
    or the K-th finalist where the study selects. ``NAME@LAYER`` ends the network at a layer.
    ``predictions:`` has the file of what was predicted elsewhere.
    """

    name: str
    adaptation: Literal["baseline", "probe", "finetune", "scratch", "predictions", "zeroshot"]
    model: str
    options: dict[str, Any]
    seed: int | None = None


class Select(Section):
    """Which of a study's probes are fine-tuned: so many finalists, with a fine-tune's options.

    ``race`` drops contenders on growing shares of the items; the probes are then no candidates.
    """

    finalists: Annotated[int, Field(ge=1)] = 1
    race: bool = False
    options: dict[str, Any] = {}


def selecting(values: Any, where: str, task: str) -> Select:
    """Check a study's ``select:``, whose keys stand beside those of the modality's fine-tune.

    Raises
    ------
    UserError
        An unknown key, a wrong value.
    """
    if not isinstance(values, dict):
        raise UserError(f"{where}: select: a mapping is needed, such as {{finalists: 2}}")
    adaptations, own = tasks.get(task).adaptations, {"finalists", "race"}
    if "finetune" not in adaptations:
        raise UserError(f"{where}: select: {task} has no fine-tune to select candidates for")
    tune = dotted_names.load(adaptations["finetune"])
    fields = {
        name: (Select.model_fields[name].annotation, Select.model_fields[name]) for name in own
    }
    kind = create_model("Select", __base__=tune, **fields)
    checked = check(kind, values, f"{where}: select").model_dump(mode="json")
    options = {name: value for name, value in checked.items() if name not in own}
    return Select(finalists=checked["finalists"], race=checked["race"], options=options)


def expand(entries: Any, where: str, task: str = "image-classification") -> list[Candidate]:
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
        made.extend(_candidates(entry, where, task))
    _check_names(made, where)
    _check_best(made, where)
    for candidate in made:
        check_above(candidate, made, where, task)
    return made


def finalists(
    candidates: tuple[Candidate, ...], select: Select, where: str
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Part a study's probes from its other candidates, and make its finalists, from ``best:1`` on.

    Returns
    -------
    tuple
        The probes, the others, and the fine-tunes of the finalists.

    Raises
    ------
    UserError
        Fewer different models among the probes than finalists; a name twice.
    """
    probes = tuple(each for each in candidates if each.adaptation == "probe")
    others = tuple(each for each in candidates if each.adaptation != "probe")
    models = len({each.model for each in probes if _probes_what_trains(each)})
    if select.finalists > models:
        wanted = select.finalists
        raise UserError(f"{where}: finalists: {wanted} of {models} probe(s) that can be fine-tuned")
    made = tuple(
        Candidate(
            name=f"finetune-best-{place}",
            adaptation="finetune",
            model=f"best:{place}",
            options=select.options,
        )
        for place in range(1, select.finalists + 1)
    )
    _check_names([*candidates, *made], where)
    return probes, others, made


def _candidates(entry: Any, where: str, task: str) -> Iterator[Candidate]:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UserError(f"{where}: {entry!r}: an adaptation with its models is needed")
    [(adaptation, models)] = entry.items()
    known = ["baseline", *tasks.get(task).adaptations]
    if adaptation not in known:
        raise unknown("adaptation", adaptation, known, where)
    for model in models if isinstance(models, list) else [models]:
        yield from _seeded(adaptation, model, f"{where}: {adaptation}", task)


def _seeded(adaptation: str, spec: Any, where: str, task: str) -> Iterator[Candidate]:
    """Make one candidate, or one for each of its ``seeds``."""
    seeds = spec.get("seeds") if isinstance(spec, dict) else None
    if seeds is None:
        yield _candidate(adaptation, spec, where, task)
        return
    if not isinstance(seeds, list) or not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise UserError(f"{where}: seeds: a list of whole numbers is needed, not {seeds!r}")
    single = {name: value for name, value in spec.items() if name != "seeds"}
    plain = _candidate(adaptation, single, where, task)
    for seed in seeds:
        yield plain.model_copy(update={"name": f"{plain.name}-seed-{seed}", "seed": seed})


def _candidate(adaptation: str, spec: Any, where: str, task: str) -> Candidate:
    fields = dict(spec) if isinstance(spec, dict) else {"model": spec}
    name = fields.pop("name", None)
    if "best" in fields:
        fields["model"] = f"best:{fields.pop('best')}"
    if adaptation == "predictions":
        fields["model"] = _predictions_file(fields, where)
        name = name or _slug(Path(fields["model"].partition(":")[2]).stem)
    model = fields.pop("model", None)
    if not isinstance(model, str):
        raise UserError(f"{where}: a model's name is needed, not {spec!r}")
    row = tasks.get(task)
    if adaptation == "baseline":
        if model not in row.baselines:
            raise unknown(f"baseline of {tasks.of(task).MANY}", model, row.baselines, where)
        kind = dotted_names.load(row.baselines[model])
    else:
        _check_model(adaptation, model, where, task)
        kind = dotted_names.load(row.adaptations[adaptation])
    name = name or (model if adaptation == "baseline" else f"{adaptation}-{_slug(model)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", str(name)):
        raise UserError(f"{where}: name {name!r}: lower-case letters, digits and dashes are needed")
    values = check(kind, fields, f"{where}: {model}").model_dump(mode="json")
    return Candidate(name=name, adaptation=adaptation, model=model, options=values)


def _predictions_file(fields: dict[str, Any], where: str) -> str:
    """Take ``- predictions: made.csv`` or ``{file: made.csv}``, and look whether it is there."""
    file = fields.pop("file", None) or fields.get("model")
    if not isinstance(file, str):
        raise UserError(f"{where}: a file's name is needed, or {{file: ..., name: ...}}")
    if not (paths.root() / file).is_file():
        raise UserError(f"{where}: no such file: {file}")
    return f"predictions:{file}"


def _check_model(adaptation: str, model: str, where: str, task: str) -> None:
    if adaptation == "predictions":
        return
    if model.startswith("best:"):
        if adaptation != "finetune" or not model[5:].isdigit() or int(model[5:]) < 1:
            raise UserError(f"{where}: best: a count from 1 is needed, under finetune only")
        return
    model_names.check_model(model, where, tasks.get(task).modality)
    if (adaptation != "probe" or model.startswith("scratch:")) and not entries.trains(model):
        raise UserError(f"{where}: {model}: word vectors are not trained: take them under probe")


def _check_names(candidates: list[Candidate], where: str) -> None:
    for index, candidate in enumerate(candidates):
        if candidate.name in {other.name for other in candidates[:index]}:
            raise UserError(f"{where}: {candidate.name} is there twice; give one of them a `name:`")


def _check_best(candidates: list[Candidate], where: str) -> None:
    probes = sum(_probes_what_trains(candidate) for candidate in candidates)
    for candidate in candidates:
        if candidate.model.startswith("best:") and int(candidate.model[5:]) > probes:
            wanted = candidate.model[5:]
            raise UserError(f"{where}: finetune: best: {wanted} of {probes} probe(s) that can be")


def _probes_what_trains(candidate: Candidate) -> bool:
    return candidate.adaptation == "probe" and entries.trains(candidate.model)


def check_above(candidate: Candidate, among: Sequence[Candidate], where: str, task: str) -> None:
    """Look whether each model that a fine-tune may be of has the layer that it trains above.

    Raises
    ------
    UserError
        One has not, with the closest layer.
    """
    layer, models = candidate.options.get("above"), [candidate.model]
    if candidate.model.startswith("best:"):
        models = [each.model for each in among if _probes_what_trains(each)]
    for model in models if layer else []:
        if not entries.split_layer(model)[1]:
            model_names.check_model(f"{model}@{layer}", f"{where}: above", tasks.get(task).modality)


def _slug(model: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
