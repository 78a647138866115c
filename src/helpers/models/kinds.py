"""The kinds of models: each is one entry, and its code is loaded by name when a study uses it.

A new kind is one entry here and one file that holds its function ``card``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.catalogue import entries
from helpers.catalogue.entries import ModelEntry
from helpers.core import dotted_names
from helpers.core.errors import unknown


@dataclass(frozen=True)
class ModelSpec:
    """What a study asks of a model; each kind reads what it needs.

    ``reference`` is what follows the prefix of ``name``, ``entry`` what the catalogue says of it.
    ``size`` is the side of square images in pixels or the most tokens of a text, the model's own by
    default; ``seed`` that of random weights, used unless ``pretrained``; ``beam`` the width of a
    recogniser's search.
    """

    name: str
    reference: str = ""
    entry: ModelEntry | None = None
    pretrained: bool = True
    size: int | None = None
    seed: int = 0
    beam: int = 1


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of model.

    ``reads`` is the modality of its items, ``speech`` for recognisers. It is named by its
    ``prefix`` in a study or as the ``family`` of the catalogue's entries. ``card`` is the dotted
    name of a function from a ``ModelSpec`` to a card. ``local`` says that a file or folder may
    follow the prefix, ``trainable`` that the model can be trained further.
    """

    reads: str
    card: str
    prefix: str = ""
    family: str = ""
    local: bool = False
    trainable: bool = True

    def describe(self, spec: ModelSpec) -> Any:
        """Return the card of a model of this kind."""
        card: Callable[[ModelSpec], Any] = dotted_names.load(self.card)
        return card(spec)


_AT = "helpers.models"
KINDS = (
    Kind(reads="image", prefix="keras", card=f"{_AT}.image.keras_applications.card"),
    Kind(reads="image", prefix="kerashub", card=f"{_AT}.image.kerashub.card", local=True),
    Kind(reads="image", prefix="file", card=f"{_AT}.image.keras_file.card", local=True),
    Kind(reads="image", family="efficientnet-lite", card=f"{_AT}.image.efficientnet_lite.card"),
    Kind(reads="text", prefix="kerashub", card=f"{_AT}.text.kerashub.card", local=True),
    Kind(reads="text", prefix="hf", card=f"{_AT}.text.huggingface.card", local=True),
    Kind(reads="text", family="sentence-bert", card=f"{_AT}.text.sentence_bert.card"),
    Kind(
        reads="text",
        family="word-vectors",
        card=f"{_AT}.text.word_vectors.card",
        trainable=False,
    ),
    Kind(
        reads="audio",
        prefix="whisper",
        family="whisper",
        card=f"{_AT}.audio.whisper_encoder.card",
        local=True,
    ),
    Kind(
        reads="speech",
        prefix="whisper",
        family="whisper",
        card=f"{_AT}.speech.whisper.card",
        local=True,
    ),
    Kind(reads="speech", prefix="kerashub", card=f"{_AT}.speech.moonshine.card", local=True),
    Kind(reads="speech", family="pocketsphinx", card=f"{_AT}.speech.pocketsphinx.card"),
)


def prefixes(modality: str) -> list[str]:
    """List the prefixes that a model of a modality may have."""
    return [kind.prefix for kind in KINDS if kind.prefix and kind.reads == modality]


def local_prefixes() -> set[str]:
    """Return the prefixes that a file or folder may follow."""
    return {kind.prefix for kind in KINDS if kind.local}


def resolve(spec: ModelSpec, modality: str) -> tuple[Kind, ModelSpec]:
    """Find the kind of a model, and complete its spec.

    Parameters
    ----------
    spec : ModelSpec
        Its name has neither ``scratch:`` nor a layer.
    modality : str
        What the model reads, where its name does not say.

    Raises
    ------
    UserError
        No such prefix, model or family, with the closest name.
    """
    prefix, _, reference = spec.name.partition(":")
    if reference:
        allowed = {kind.prefix: kind for kind in KINDS if kind.prefix and kind.reads == modality}
        if prefix not in allowed:
            raise unknown("kind of model", prefix, [*allowed, "scratch"])
        return allowed[prefix], replace(spec, reference=reference)
    entry = entries.model(spec.name)
    kinds = [kind for kind in KINDS if kind.family and kind.family == entry.family]
    if not kinds:
        families = sorted({kind.family for kind in KINDS if kind.family})
        raise unknown("family", str(entry.family), families, f"models.yaml: {spec.name}")
    kind = next((kind for kind in kinds if kind.reads == modality), kinds[0])
    return kind, replace(spec, entry=entry)


def trainable(name: str) -> bool:
    """Tell whether a model can be trained further: word vectors cannot."""
    return all(kind.trainable for kind in _kinds_of(name))


def modules(name: str, modality: str) -> list[str]:
    """Name the modules that a model's name may load, for the digest of a stage.

    Empty for what is no model here, such as a baseline or predictions from a file; those of every
    kind for ``best:K``, which stands for any model of the study.
    """
    kinds = KINDS if name.startswith("best:") else _kinds_of(name)
    return [dotted_names.module_of(kind.card) for kind in kinds if kind.reads == modality]


def _kinds_of(name: str) -> Sequence[Kind]:
    """List the kinds, of any modality, that a model's name may stand for."""
    whole, _ = entries.split_layer(name.removeprefix("scratch:"))
    prefix, _, reference = whole.partition(":")
    if reference:
        return [kind for kind in KINDS if kind.prefix == prefix]
    entry = entries.find_model(whole)
    if entry and entry.model:
        return _kinds_of(entry.model)
    return [kind for kind in KINDS if entry and kind.family and kind.family == entry.family]
