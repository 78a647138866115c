"""The tasks: one row says what a study of each may ask for, and which functions answer.

Code is named by its dotted path and loaded when it is needed, so that a study depends only on what
its own task uses. A new task is a row here and, where no existing function serves, a file of its
name in the rooms of the stages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, cast

from helpers.core.errors import check_known


class Modality(Protocol):
    """What data/<modality>/modality.py holds: how its items are called, found and decoded."""

    ONE: str
    MANY: str
    SAME: str  # what exact duplicates have in common
    SUFFIXES: tuple[str, ...]  # files that a folder of items is made of
    MEASURES: tuple[str, ...]  # facts of the survey that results may be sliced by

    def decode(self, raw: Any, /, **found: Any) -> Any:
        """Decode a raw item, by what the survey of its data set found; raises ``Unreadable``."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is particular to a task.

    ``modality`` names the folder of data/ that decodes its items, ``surveyed_as`` the modules that
    survey and show them, ``checks`` those in data/checks/ for its items alone, ``corruptions`` the
    table of changes to its test items. ``baselines`` and ``adaptations`` map a name in a study file
    to the type of its options. ``trained_with`` and ``evaluated_with`` are the keys of a study that
    these stages read, ``notebooks`` those that differ from the shared ones. The other dotted names
    are functions: ``clean`` finds items that cannot be used, ``answers`` what duplicates must agree
    on, ``fit`` fits boxes to the decoded images, ``compare`` ranks the candidates. ``single`` says
    why a task is never cross-validated. ``on_backbones`` are adaptations of models that read what
    the items look like, not of those that do the task.
    """

    modality: str
    surveyed_as: str
    checks: tuple[str, ...] = ()
    corruptions: str | None = None
    metrics: str = "classification"
    primary: str = "macro-f1"
    target: str = "label"
    caption: str = "label"
    columns: tuple[str, ...] = ()
    required_splits: tuple[str, ...] = ("train", "test")
    skipped_checks: tuple[str, ...] = ()
    baselines: Mapping[str, str] = field(default_factory=dict)
    adaptations: Mapping[str, str] = field(default_factory=dict)
    trained_with: tuple[str, ...] = ("primary", "robustness", "labels", "engine", "precision")
    evaluated_with: tuple[str, ...] = ("correlate", "prediction_sets", "threshold")
    notebooks: Mapping[str, str] = field(default_factory=dict)
    clean: str = "helpers.data.cleaning.labelled"
    answers: str = "helpers.data.cleaning.labels"
    fit: str | None = None
    on_backbones: tuple[str, ...] = ()
    single: str = ""
    compare: str = "helpers.comparison.classification.compare"

    @property
    def has_classes(self) -> bool:
        """Tell whether the answer to an item is one of a few classes."""
        return self.target == "label"

    def reads(self, adaptation: str) -> str:
        """Name the modality of an adaptation's models: boxes are also found on maps of images."""
        return self.surveyed_as if adaptation in self.on_backbones else self.modality

    @property
    def trains(self) -> bool:
        """Tell whether a study may train on its items; where none does, all are tested."""
        return "probe" in self.adaptations


_OPTIONS = "helpers.config.options"
_DETECTION = "helpers.config.detection_options"
_NONE, _PIXELS = f"{_OPTIONS}.NoOptions", f"{_OPTIONS}.PixelsOptions"
_OF_CLASSES = (  # checks of classes, and of what is trained
    "D203", "D204", "D205", "D206", "D404", "D405", "D406", "D407", "D411", "D413", "D414",
)  # fmt: skip
TASKS: dict[str, Task] = {  # each task that a study may name
    "image-classification": Task(
        modality="image",
        surveyed_as="image",
        checks=("image",),
        corruptions="helpers.data.image.corruptions.CORRUPTIONS",
        baselines={"majority": _NONE, "pixels": _PIXELS, "pixels-svm": _PIXELS},
        adaptations={
            "probe": f"{_OPTIONS}.ProbeOptions",
            "finetune": f"{_OPTIONS}.FinetuneOptions",
            "scratch": f"{_OPTIONS}.ScratchOptions",
            "predictions": _NONE,
        },
    ),
    "text-classification": Task(
        modality="text",
        surveyed_as="text",
        checks=("text",),
        corruptions="helpers.data.text.corruptions.CORRUPTIONS",
        baselines={
            "majority": _NONE,
            "tfidf-logistic": f"{_OPTIONS}.TfidfOptions",
            "tfidf-svm": f"{_OPTIONS}.TfidfSvmOptions",
        },
        adaptations={
            "probe": f"{_OPTIONS}.TextProbeOptions",
            "finetune": f"{_OPTIONS}.TextFinetuneOptions",
            "scratch": f"{_OPTIONS}.TextScratchOptions",
            "predictions": _NONE,
        },
    ),
    "audio-classification": Task(
        modality="audio",
        surveyed_as="audio",
        checks=("audio",),
        columns=("speaker",),
        baselines={"majority": _NONE, "log-mel": f"{_OPTIONS}.LogMelOptions"},
        adaptations={
            "probe": f"{_OPTIONS}.AudioProbeOptions",
            "zeroshot": f"{_OPTIONS}.SpokenLanguageOptions",
            "predictions": _NONE,
        },
    ),
    "speech-recognition": Task(
        modality="speech",
        surveyed_as="audio",
        checks=("audio", "transcripts"),
        corruptions="helpers.data.audio.corruptions.CORRUPTIONS",
        metrics="transcription",
        primary="word-error-rate",
        target="transcript",
        caption="reference",
        columns=("reference", "language", "accent", "category", "sound", "speaker"),
        required_splits=("test",),
        skipped_checks=_OF_CLASSES,
        baselines={"empty-transcript": _NONE, "frequent-transcript": _NONE},
        adaptations={"zeroshot": f"{_OPTIONS}.RecogniserOptions", "predictions": _NONE},
        trained_with=("noise", "noise_utterances"),
        evaluated_with=("normalisation",),
        notebooks={"2-train": "2-train-speech", "3-evaluate": "3-evaluate-speech"},
        clean="helpers.data.speech.cleaning.transcribed",
        answers="helpers.data.speech.cleaning.transcripts",
        compare="helpers.comparison.speech_recognition.compare",
    ),
    "object-detection": Task(
        modality="detection",
        surveyed_as="image",
        checks=("image", "boxes"),
        corruptions="helpers.data.image.corruptions.CORRUPTIONS",
        metrics="detection",
        primary="mean-average-precision",
        target="annotation",
        caption="boxes",
        required_splits=("test",),
        skipped_checks=_OF_CLASSES[:-2],  # copies and families are told by names as well
        baselines={"mean-boxes": _NONE, "connected-components": _NONE, "local-maxima": _NONE},
        adaptations={
            "zeroshot": f"{_DETECTION}.DetectorOptions",
            "probe": f"{_DETECTION}.DetectionProbeOptions",
            "finetune": f"{_DETECTION}.DetectionFinetuneOptions",
            "scratch": f"{_DETECTION}.DetectionScratchOptions",
            "predictions": _NONE,
        },
        trained_with=("robustness",),
        evaluated_with=(),
        notebooks={"2-train": "2-train-detection", "3-evaluate": "3-evaluate-detection"},
        clean="helpers.data.detection.cleaning.with_boxes",
        answers="helpers.data.detection.cleaning.boxes",
        fit="helpers.data.detection.cleaning.fitted",
        on_backbones=("probe", "finetune", "scratch"),
        single="detectors are trained once, as they take long",
        compare="helpers.comparison.detection.compare",
    ),
}


def get(task: str) -> Task:
    """Return the row of a task; raises UserError for an unknown one, with the closest name."""
    check_known("task", task, TASKS)
    return TASKS[task]


def of(task: str) -> Modality:
    """Return the module of a task's modality."""
    return named(get(task).modality)


def reading(modality: str) -> tuple[str, ...]:
    """Return the kinds of items that those of a modality are: speech is audio too."""
    return (modality, *{"speech": ("audio",), "detection": ("image",)}.get(modality, ()))


def named(modality: str) -> Modality:
    """Return a modality's module by its name; what other modalities need is not loaded."""
    return cast(Modality, import_module(f"helpers.data.{modality}.modality"))
