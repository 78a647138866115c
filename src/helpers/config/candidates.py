"""The candidates of a study: a model with an adaptation and its typed options."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, create_model

from helpers.catalogue import entries
from helpers.config import model_names
from helpers.core import dotted_names, paths
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, check
from helpers.data import tasks
from helpers.models import kinds


class Candidate(Section):
    """A model with an adaptation.

    ``model`` is the name of a baseline or a catalogue entry; ``keras:``, ``kerashub:``, ``file:``
    or ``scratch:`` with a name; or ``best:K``, the K-th best probe of the study by validation score
    (where the study selects, the K-th finalist). ``NAME@LAYER`` ends the network at a layer.
    ``predictions:FILE`` reads predictions made outside this repository.
    """

    name: str
    adaptation: str
    model: str
    options: dict[str, Any]
    seed: int | None = None


class Select(Section):
    """How many of a study's probes are fine-tuned, and with which options.

    ``race`` drops contenders on growing shares of the items; the probes are then not candidates.
    """

    finalists: Annotated[int, Field(ge=1)] = 1
    race: bool = False
    options: dict[str, Any] = {}


def parse_select(values: Any, where: str, task: str) -> Select:
    """Check a study's ``select:``, which also takes the options of the task's fine-tune.

    Raises
    ------
    UserError
        An unknown key or an invalid value.
    """
    if not isinstance(values, dict):
        raise UserError(f"{where}: select: a mapping is needed, such as {{finalists: 2}}")
    adaptations, own = tasks.get(task).adaptations, {"finalists", "race"}
    if "finetune" not in adaptations:
        raise UserError(f"{where}: select: {task} has no fine-tune to select candidates for")
    tune = dotted_names.load(adaptations["finetune"])
    fields: dict[str, Any] = {
        name: (Select.model_fields[name].annotation, Select.model_fields[name]) for name in own
    }
    kind = create_model("Select", __base__=tune, **fields)
    checked = check(kind, values, f"{where}: select").model_dump(mode="json")
    options = {name: value for name, value in checked.items() if name not in own}
    return Select(finalists=checked["finalists"], race=checked["race"], options=options)


def expand(items: Any, where: str, task: str = "image-classification") -> list[Candidate]:
    """Turn a study's ``candidates:`` list into candidates, in its order.

    Raises
    ------
    UserError
        An unknown adaptation, model or option; a duplicate name; ``best`` with too few probes.
    """
    where = f"{where}: candidates"
    if not isinstance(items, list) or not items:
        raise UserError(f"{where}: a list is needed, such as `- probe: [efficientnet-lite0]`")
    candidates = [candidate for item in items for candidate in _candidates(item, where, task)]
    _check_names(candidates, where)
    tunable = sum(_can_be_finetuned(candidate) for candidate in candidates)
    for candidate in candidates:
        rank = candidate.model.removeprefix("best:")
        if rank != candidate.model and int(rank) > tunable:
            raise UserError(f"{where}: finetune: best: {rank} of {tunable} probe(s) that can be")
        check_above(candidate, candidates, where, task)
    return candidates


def finalists(candidates: Iterable[Candidate], select: Select, where: str) -> tuple[Candidate, ...]:
    """Return the fine-tunes of a study's finalists, from ``best:1`` on.

    Raises
    ------
    UserError
        Fewer different models among the probes than finalists, or a duplicate name.
    """
    models = len({each.model for each in candidates if _can_be_finetuned(each)})
    if select.finalists > models:
        raise UserError(
            f"{where}: finalists: {select.finalists} of {models} probe(s) that can be fine-tuned"
        )
    finetunes = tuple(
        Candidate(
            name=f"finetune-best-{rank}",
            adaptation="finetune",
            model=f"best:{rank}",
            options=select.options,
        )
        for rank in range(1, select.finalists + 1)
    )
    _check_names([*candidates, *finetunes], where)
    return finetunes


def check_above(candidate: Candidate, among: Iterable[Candidate], where: str, task: str) -> None:
    """Check that each model that a fine-tune may start from has the layer to train above.

    Raises
    ------
    UserError
        A model without that layer, with the closest name.
    """
    layer, models = candidate.options.get("above"), [candidate.model]
    if candidate.model.startswith("best:"):
        models = [each.model for each in among if _can_be_finetuned(each)]
    for model in models if layer else []:
        if not entries.split_layer(model)[1]:
            model_names.check_model(f"{model}@{layer}", f"{where}: above", tasks.get(task).modality)


def _candidates(item: Any, where: str, task: str) -> Iterator[Candidate]:
    if not isinstance(item, dict) or len(item) != 1:
        raise UserError(f"{where}: {item!r}: an adaptation with its models is needed")
    [(adaptation, models)] = item.items()
    allowed = ["baseline", *tasks.get(task).adaptations]
    if adaptation not in allowed:
        raise unknown("adaptation", adaptation, allowed, where)
    for model in models if isinstance(models, list) else [models]:
        yield from _seeded(adaptation, model, f"{where}: {adaptation}", task)


def _seeded(adaptation: str, spec: Any, where: str, task: str) -> Iterator[Candidate]:
    """Yield one candidate, or one for each of its ``seeds``."""
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
    name = _default_name(adaptation, model) if name is None else str(name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
        raise UserError(
            f"{where}: name {name!r}: only lower-case letters, digits, dots and dashes are allowed"
        )
    options = check(kind, fields, f"{where}: {model}").model_dump(mode="json")
    return Candidate(name=name, adaptation=adaptation, model=model, options=options)


def _predictions_file(fields: dict[str, Any], where: str) -> str:
    """Read ``- predictions: made.csv`` or ``{file: made.csv}``, and check that the file exists."""
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
            raise UserError(f"{where}: best: a rank from 1 is needed, and only under finetune")
        return
    model_names.check_model(model, where, tasks.get(task).modality)
    if (adaptation != "probe" or model.startswith("scratch:")) and not kinds.trainable(model):
        raise UserError(f"{where}: {model}: word vectors cannot be trained: list them under probe")


def _check_names(candidates: list[Candidate], where: str) -> None:
    names: set[str] = set()
    for candidate in candidates:
        if candidate.name in names:
            raise UserError(
                f"{where}: duplicate candidate name {candidate.name}: give one of them a `name:`"
            )
        names.add(candidate.name)


def _can_be_finetuned(candidate: Candidate) -> bool:
    return candidate.adaptation == "probe" and kinds.trainable(candidate.model)


def _default_name(adaptation: str, model: str) -> str:
    if adaptation == "baseline":
        return model
    if adaptation == "predictions":
        return _as_name(Path(model.removeprefix("predictions:")).stem)
    return f"{adaptation}-{_as_name(model)}"


def _as_name(model: str) -> str:
    """Turn a model or file name into a candidate name: ``keras:ResNet50`` to ``keras-resnet50``."""
    return re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
