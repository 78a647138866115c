"""Backbones that a study pretrains on its own items, without their labels: ``pretrain:``."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field

from helpers.catalogue import entries
from helpers.config import data_source
from helpers.config.candidates import Candidate
from helpers.config.options import Epochs, Fraction, Positive
from helpers.core.errors import UserError, check_known
from helpers.core.schema import Section, check
from helpers.data import tasks

PREFIX, TRANSDUCTIVE = "pretrained:", "-transductive"
BERT = "sentence-bert"  # the family of the networks of texts
METHODS: dict[str, dict[str, Any]] = {  # of images: a module of training/pretraining, its defaults
    "autoencoder": {"epochs": 5, "batch_size": 64, "rate": 2e-3},
    "gan": {"epochs": 6, "batch_size": 64, "rate": 5e-4},
    "simclr": {"epochs": 12, "batch_size": 128, "rate": 2e-3},
}
OF_TEXTS = {"masked-language": {"epochs": 3, "batch_size": 16, "rate": 1e-4}}


class Pretraining(Section):
    """One backbone, which learns from the study's train items, or from those of ``data``.

    ``transductive`` learns from the test items too, still without labels.
    """

    method: str
    data: str | dict[str, Any] | None = None
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    epochs: Epochs
    batch_size: Annotated[int, Field(ge=8, le=1024)]
    rate: Fraction
    time_budget: Positive | None = None
    transductive: bool = False


class OfImages(Pretraining):
    """A backbone of images."""

    image_size: Annotated[int, Field(ge=16, le=128)] = 32


class OfTexts(Pretraining):
    """A network of the catalogue that is pretrained further."""

    model: str = "all-minilm-l6-v2"
    max_tokens: Annotated[int, Field(ge=8, le=512)] = 64


def parse(values: Any, where: str, task: str) -> tuple[dict[str, Any], ...]:
    """Check a study's ``pretrain:``, one backbone or a list, and fill in what it leaves open."""
    place, named = f"{where}: pretrain", dict[str, dict[str, Any]]()
    of: dict[str, tuple[dict[str, dict[str, Any]], type[Pretraining]]]
    of = {"image": (METHODS, OfImages), "text": (OF_TEXTS, OfTexts)}
    methods, kind = of.get(tasks.get(task).modality, ({}, Pretraining))
    if values and not methods:
        raise UserError(f"{place}: {task} has no method of pretraining")
    for each in values if isinstance(values, list) else [values]:
        if not isinstance(each, dict) or "method" not in each:
            raise UserError(f"{place}: a method is needed, such as {{method: {[*methods][0]}}}")
        check_known("method", str(each["method"]), methods, place)
        defaults = {"name": each["method"], **methods[each["method"]]}
        backbone = check(kind, defaults | each, place).model_dump(mode="json")
        if (model := backbone.get("model")) and entries.model(model, place).family != BERT:
            raise UserError(f"{place}: {model}: only a {BERT} can be pretrained further")
        if (source := backbone.pop("data")) is not None:
            if backbone["transductive"]:
                raise UserError(f"{place}: data or transductive, not both: {backbone['name']}")
            backbone["data"] = data_source.unlabelled(source, task, f"{place}: data")
        if backbone["name"] in named:
            raise UserError(f"{place}: duplicate name {backbone['name']}: give one a `name:`")
        named[backbone["name"]] = backbone
    return tuple(named.values())


def bound(
    candidates: Iterable[Candidate], study: str, made: Sequence[dict[str, Any]], where: str
) -> list[Candidate]:
    """Name the study in each ``pretrained:NAME``, and in the candidate that it saw test items."""
    own, found = {each["name"]: each for each in made}, list[Candidate]()
    for candidate in candidates:
        head, prefix, rest = candidate.model.partition(PREFIX)
        if prefix and head in ("", "scratch:"):
            name, _ = entries.split_layer(rest)
            check_known("backbone", name, own, f"{where}: candidates")
            size, made_at = candidate.options.get("image_size"), own[name].get("image_size")
            if size and size != made_at:
                problem = f"image_size: {size}, but it is pretrained on {made_at} pixels"
                raise UserError(f"{where}: candidates: {candidate.model}: {problem}")
            seen = own[name]["transductive"] and not head and candidate.adaptation != "scratch"
            name, model = candidate.name + TRANSDUCTIVE * seen, f"{head}{PREFIX}{study}/{rest}"
            candidate = candidate.model_copy(update={"name": name, "model": model})
        elif candidate.model.startswith("best:") and any(each["transductive"] for each in made):
            raise UserError(f"{where}: {candidate.model}: name a model beside a transductive one")
        found.append(candidate)
    return found
