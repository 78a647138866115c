"""The kinds of models: each is an entry here, and a module with ``card``, loaded by its name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.catalogue import entries
from helpers.catalogue.entries import Archive, ModelEntry
from helpers.core import dotted_names
from helpers.core.errors import UserError, unknown


@dataclass(frozen=True)
class ModelSpec:
    """What a study asks of a model; each kind reads what it needs."""

    name: str
    reference: str = ""  # what follows the prefix of the name
    entry: ModelEntry | None = None  # what the catalogue says of it
    pretrained: bool = True
    size: int | None = None  # pixels of a square's side, or most tokens; the model's own if None
    seed: int = 0  # of random weights, used unless pretrained
    beam: int = 1  # width of a recogniser's search
    decoder: str | None = None  # how the outputs of a detector's file are read
    names: str | None = None  # a file with the names of a detector's classes
    score: float = 0.01  # the least of a detector's boxes
    boxes: int = 300  # the most in an image, before classes that nobody asks for are left out

    @property
    def weights(self) -> str | int:
        """Identify the weights among those of one model: its own, or the seed of random ones."""
        return "pretrained" if self.pretrained else self.seed

    def archived(self) -> tuple[ModelEntry, Archive, str]:
        """Return the catalogue's entry, its archive and member; raises UserError without these."""
        entry = self.entry or entries.model(self.name)
        if entry.archive is None or entry.member is None:
            raise UserError(f"models.yaml: {self.name}: archive and member are needed")
        return entry, entry.archive, entry.member


@dataclass(frozen=True)
class Kind:
    """A kind of model, named by its prefix in a study or as the family of an entry."""

    reads: str  # the modality of its items, ``speech`` for recognisers, ``detection`` for detectors
    module: str  # below this package, with a function ``card`` from a ModelSpec
    prefix: str = ""
    family: str = ""
    local: bool = False  # whether a file or folder may follow the prefix
    trainable: bool = True  # whether Keras or TensorFlow runs it: none else is trained further

    @property
    def card(self) -> str:
        """Return the dotted name of the function that makes a card."""
        return f"{__package__}.{self.module}.card"

    def describe(self, spec: ModelSpec) -> Any:
        """Return the card of a model of this kind."""
        return dotted_names.load(self.card)(spec)


KINDS = (
    Kind("image", "image.keras_applications", prefix="keras"),
    Kind("image", "image.kerashub", prefix="kerashub", local=True),
    Kind("image", "image.keras_file", prefix="file", local=True),
    Kind("image", "image.pretrained", prefix="pretrained"),
    Kind("image", "image.onnx", prefix="onnx", local=True, trainable=False),
    Kind("image", "image.torch_networks", prefix="hf", local=True, trainable=False),
    Kind("image", "image.torch_networks", prefix="timm", local=True, trainable=False),
    Kind("image", "image.efficientnet_lite", family="efficientnet-lite"),
    Kind("image", "image.small_networks", family="mobilenet-v2"),
    Kind("image", "image.small_networks", family="squeezenet"),
    Kind("text", "text.pretrained", prefix="pretrained"),
    Kind("text", "text.kerashub", prefix="kerashub", local=True),
    Kind("text", "text.onnx", prefix="onnx", local=True, trainable=False),
    Kind("text", "text.huggingface", prefix="hf", local=True, trainable=False),
    Kind("text", "text.sentence_bert", family="sentence-bert"),
    Kind("text", "text.multilingual_e5", family="multilingual-e5"),
    Kind("text", "text.word_vectors", family="word-vectors", trainable=False),
    Kind("audio", "audio.torch_networks", prefix="hf", local=True, trainable=False),
    Kind("audio", "audio.onnx", prefix="onnx", local=True, trainable=False),
    Kind(
        "audio",
        "audio.whisper_encoder",
        prefix="whisper",
        family="whisper",
        local=True,
        trainable=False,
    ),
    Kind(
        "speech", "speech.whisper", prefix="whisper", family="whisper", local=True, trainable=False
    ),
    Kind("speech", "speech.moonshine", prefix="kerashub", local=True),
    Kind("speech", "speech.pocketsphinx", family="pocketsphinx", trainable=False),
    *(
        Kind("detection", "detection.single_shot", family=family)
        for family in ("centernet", "nanodet", "ssdlite")
    ),
    Kind("detection", "detection.text_lines", family="ppocr", trainable=False),
    Kind("detection", "detection.kerashub", prefix="kerashub", local=True),
    Kind("detection", "detection.onnx", prefix="onnx", local=True, trainable=False),
)


def prefixes(modality: str) -> list[str]:
    """List the prefixes that a model of a modality may have."""
    return [kind.prefix for kind in KINDS if kind.prefix and kind.reads == modality]


def resolve(spec: ModelSpec, modality: str) -> tuple[Kind, ModelSpec]:
    """Find a model's kind and complete its spec; ``modality`` counts where the name says none."""
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
    """Tell whether a model can be trained further: Keras models can."""
    return all(kind.trainable for kind in _kinds_of(name))


def names_languages(name: str) -> bool:
    """Tell whether a model can name the language of a recording: Whisper, unless of English."""
    whisper = any(kind.module == "audio.whisper_encoder" for kind in _kinds_of(name))
    return whisper and not name.endswith(".en")


def modules(name: str, modality: str) -> list[str]:
    """Name the modules that a model's name may load; ``best:K`` is any model of the study."""
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
