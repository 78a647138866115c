"""The candidates of a study: a model with an adaptation and its typed options."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, create_model

from helpers.catalogue import entries
from helpers.config import model_names, names
from helpers.core import dotted_names, paths
from helpers.core.errors import UserError, check_known
from helpers.core.schema import Section, check
from helpers.data import tasks
from helpers.models import kinds

EXAMPLE = "`- baseline: [majority]`"
MOST = 500  # candidates of a study


class Candidate(Section):
    """A model with an adaptation.

    ``model`` is the name of a baseline or a catalogue entry; ``keras:``, ``kerashub:``, ``file:``
    or ``scratch:`` with a name; or ``best:K``, the study's K-th finalist, or without a selection
    its K-th best probe by validation score. ``NAME@LAYER`` ends the network at a layer, and
    ``predictions:FILE`` reads predictions made outside this repository.
    """

    AUTOMATIC = ("name", "adaptation", "model", "options", "seed")

    name: str
    adaptation: str
    model: str
    options: dict[str, Any]
    seed: int | None = None


class _SelectKeys(Section):
    finalists: Annotated[int, Field(ge=1)] = 1
    race: bool = False  # drop contenders on growing shares of the items; no probe is a candidate


class Select(_SelectKeys):
    """How many of a study's probes are fine-tuned, and with which options."""

    AUTOMATIC = ("options",)

    options: dict[str, Any] = {}


def parse_select(values: Any, where: str, task: str) -> Select:
    """Check a study's ``select:``, which also takes the options of the task's fine-tune."""
    if not isinstance(values, dict):
        raise UserError(f"{where}: select: a mapping is needed, such as {{finalists: 2}}")
    tune = tasks.get(task).adaptations.get("finetune")
    if tune is None or not tasks.get(task).has_classes:
        raise UserError(f"{where}: select: {task} has no fine-tunes to select")
    kind = create_model("Select", __base__=(_SelectKeys, dotted_names.load(tune)))
    options = check(kind, values, f"{where}: select").model_dump(mode="json")
    keys = {name: options.pop(name) for name in _SelectKeys.model_fields}
    return Select(**keys, options=options)


def expand(items: Any, where: str, task: str = "image-classification") -> list[Candidate]:
    """Turn a study's ``candidates:`` list into candidates, in its order."""
    where = f"{where}: candidates"
    if not isinstance(items, list) or not items:
        raise UserError(f"{where}: a list is needed, such as {EXAMPLE}")
    made = (candidate for item in items for candidate in _candidates(item, where, task))
    candidates = [*islice(made, MOST + 1)]
    if len(candidates) > MOST:
        raise UserError(f"{where}: more than {MOST}, counting each seed")
    _check_names(candidates, where)
    tunable = sum(map(_tunable, candidates))
    for candidate in candidates:
        rank = candidate.model.removeprefix("best:")
        if rank != candidate.model and int(rank) > tunable:
            raise UserError(f"{where}: finetune: best: {rank} of {tunable} probe(s) that can be")
        check_above(candidate, candidates, where, task)
    return candidates


def finalists(candidates: Iterable[Candidate], select: Select, where: str) -> tuple[Candidate, ...]:
    """Return the fine-tunes of a study's finalists, from ``best:1`` on."""
    count, models = select.finalists, len({each.model for each in candidates if _tunable(each)})
    if count > models:
        raise UserError(f"{where}: finalists: {count} of {models} probe(s) that can be fine-tuned")
    shared: dict[str, Any] = {"adaptation": "finetune", "options": select.options}
    finetunes = tuple(
        Candidate(name=f"finetune-best-{rank}", model=f"best:{rank}", **shared)
        for rank in range(1, count + 1)
    )
    _check_names([*candidates, *finetunes], where)
    return finetunes


def check_above(candidate: Candidate, among: Iterable[Candidate], where: str, task: str) -> None:
    """Check that each model that a fine-tune may start from has the layer to train above."""
    layer, models = candidate.options.get("above"), [candidate.model]
    if candidate.model.startswith("best:"):
        models = [each.model for each in among if _tunable(each)]
    for model in models if layer else []:
        if not entries.split_layer(model)[1]:
            reads = tasks.get(task).reads("finetune")
            model_names.check_model(f"{model}@{layer}", f"{where}: above", reads)


def own_keys(adaptation: str) -> tuple[str, ...]:
    """List the keys that each candidate of an adaptation takes beside its options."""
    best = ("best",) if adaptation == "finetune" else ()
    return ("file", "name") if adaptation == "predictions" else ("model", "name", "seeds", *best)


def _candidates(item: Any, where: str, task: str) -> Iterator[Candidate]:
    if not isinstance(item, dict) or len(item) != 1:
        raise UserError(f"{where}: {item!r}: an adaptation with its models is needed: {EXAMPLE}")
    [(adaptation, models)] = item.items()
    allowed = ["baseline", *tasks.get(task).adaptations]
    check_known("adaptation", adaptation, allowed, where)
    if models == []:
        raise UserError(f"{where}: {adaptation}: no model is named")
    for model in models if isinstance(models, list) else [models]:
        yield from _seeded(adaptation, model, f"{where}: {adaptation}", task)


def _seeded(adaptation: str, spec: Any, where: str, task: str) -> Iterator[Candidate]:
    if not isinstance(spec, dict) or "seeds" not in spec:
        yield _candidate(adaptation, spec, where, task)
        return
    seeds = spec["seeds"]
    whole = isinstance(seeds, list) and all(type(seed) is int and seed >= 0 for seed in seeds)
    if not (seeds and whole):
        raise UserError(f"{where}: seeds: one or more whole numbers are needed, not {seeds!r}")
    single = {name: value for name, value in spec.items() if name != "seeds"}
    plain = _candidate(adaptation, single, where, task)
    for seed in seeds:
        yield plain.model_copy(update={"name": f"{plain.name}-seed-{seed}", "seed": seed})


def _candidate(adaptation: str, spec: Any, where: str, task: str) -> Candidate:
    fields = dict(spec) if isinstance(spec, dict) else {"model": spec}
    name = fields.pop("name", None)
    if "best" in fields:
        if "model" in fields:
            raise UserError(f"{where}: best or model, not both: {fields['model']}")
        fields["model"] = f"best:{fields.pop('best')}"
    if adaptation == "predictions":
        fields["model"] = _predictions_file(fields, where)
    model = fields.pop("model", None)
    if not isinstance(model, str):
        raise UserError(f"{where}: a model's name is needed, not {spec!r}")
    row = tasks.get(task)
    if adaptation == "baseline":
        check_known(f"baseline of {tasks.of(task).MANY}", model, row.baselines, where)
        kind = dotted_names.load(row.baselines[model])
    else:
        _check_model(adaptation, model, where, task)
        kind = dotted_names.load(row.adaptations[adaptation])
    name = _default_name(adaptation, model) if name is None else str(name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
        allowed = "only lower-case letters, digits, dots and dashes are allowed"
        raise UserError(f"{where}: name {name!r}: {allowed}")
    if odd := names.problem(name):
        raise UserError(f"{where}: name {name!r}: {odd}")
    own, place = own_keys(adaptation), f"{where}: {model.removeprefix('predictions:')}"
    options = check(kind, fields, place, own).model_dump(mode="json")
    return Candidate(name=name, adaptation=adaptation, model=model, options=options)


def _predictions_file(fields: dict[str, Any], where: str) -> str:
    file = fields.pop("file", None) or fields.get("model")
    if not isinstance(file, str):
        raise UserError(f"{where}: a file's name is needed, or {{file: ..., name: ...}}")
    if not (paths.root() / file).is_file():
        cure = "(with a baseline alone, `make items STUDY=name` writes what to predict)"
        raise UserError(f"{where}: no such file: {file} {cure}")
    return f"predictions:{file}"


def _check_model(adaptation: str, model: str, where: str, task: str) -> None:
    if adaptation == "predictions":
        return
    if model.startswith("best:"):
        if not tasks.get(task).has_classes:
            raise UserError(f"{where}: best: {task} ranks no probes: name the model")
        if adaptation != "finetune" or not re.fullmatch("[1-9][0-9]{,3}", model[5:]):
            raise UserError(f"{where}: best: a rank from 1 is needed, and only under finetune")
        return
    on_maps = tasks.get(task).on_backbones and adaptation != "zeroshot"
    trained = on_maps or adaptation in ("finetune", "scratch") or model.startswith("scratch:")
    if trained and not kinds.trainable(model):
        cure = "take a Keras model" if on_maps else "list it under probe"
        raise UserError(f"{where}: {model}: cannot be trained further: {cure}")
    model_names.check_model(model, where, tasks.get(task).reads(adaptation))
    if (
        adaptation == "zeroshot"
        and tasks.get(task).has_classes
        and not kinds.names_languages(model)
    ):
        cure = "multilingual Whisper alone names a class as it comes, the language: whisper-base"
        raise UserError(f"{where}: {model}: {cure}")


def _check_names(candidates: list[Candidate], where: str) -> None:
    names = Counter(candidate.name for candidate in candidates)
    if twice := [name for name, times in names.items() if times > 1]:
        raise UserError(f"{where}: duplicate candidate name {twice[0]}: give one of them a `name:`")


def _tunable(candidate: Candidate) -> bool:
    return candidate.adaptation == "probe" and kinds.trainable(candidate.model)


def _default_name(adaptation: str, model: str) -> str:
    """Name a candidate after its model: a probe of ``keras:ResNet50`` ``probe-keras-resnet50``."""
    if adaptation == "baseline":
        return model
    from_file = adaptation == "predictions"
    name = Path(model.removeprefix("predictions:")).stem if from_file else f"{adaptation}-{model}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
