"""Typed options of splits, adaptations and evaluation; data/tasks.py lists those of each task."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from helpers.core.schema import Name, Section

Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(gt=0, le=1)]
Grid = Annotated[tuple[Positive, ...], Field(min_length=1)]
Epochs = Annotated[int, Field(ge=1, le=1000)]
BatchSize = Annotated[int, Field(ge=1, le=1024)]
Warmup = Annotated[float, Field(ge=0, lt=1)]
Patience = Annotated[int, Field(ge=1)]
Layers = Annotated[int, Field(ge=1, le=64)]
LabelCounts = Annotated[  # in ascending order, each once
    tuple[Annotated[int, Field(ge=4)], ...], AfterValidator(lambda given: tuple(sorted({*given})))
]
ClassWeight = Literal["balanced"] | None
SEVERITIES = (0.05, 0.1, 0.2)
CLASSICAL_GRID = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
PROBE_GRID = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)


class NoOptions(Section):
    """A baseline without a choice, or predictions made outside this repository."""


class PixelsOptions(Section):
    """A linear model or an SVM on pixels resized to ``image_size``; C is chosen on validation."""

    image_size: Annotated[int, Field(ge=4, le=256)] = 28
    regularisation: Grid = CLASSICAL_GRID
    class_weight: ClassWeight = None


class ImageNetworkOptions(Section):
    """Options of every image network: ``imagenet`` or no weights, and the image size in pixels."""

    weights: Literal["imagenet", "none"] | None = None
    image_size: Annotated[int, Field(ge=16, le=1024)] | None = None
    class_weight: ClassWeight = None


class ProbeOptions(ImageNetworkOptions):
    """A logistic regression on frozen features; C is chosen on validation."""

    regularisation: Grid = PROBE_GRID


class TrainedOptions(ImageNetworkOptions):
    """Options of training a network."""

    epochs: Epochs = 4
    batch_size: BatchSize = 32
    rate: Fraction = 5e-5
    warmup: Warmup = 0.1
    patience: Patience = 2
    augment: tuple[Literal["flip", "crop", "colour"], ...] = ("flip",)
    time_budget: Positive | None = None


class FinetuneOptions(TrainedOptions):
    """A probe, then all layers or those ``above`` one, at a small rate; others stay frozen."""

    above: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _can_augment(self) -> "FinetuneOptions":
        if self.above and (odd := [kind for kind in self.augment if kind != "flip"]):
            raise ValueError(f"augment: {odd[0]} cannot be combined with above; flip can")
        return self


class ScratchOptions(TrainedOptions):
    """The same network from random weights: the control that shows what pretraining is worth."""

    rate: Fraction = 1e-3
    epochs: Epochs = 10


class TfidfOptions(Section):
    """A linear model on TF-IDF weights of words and of n-grams up to ``ngrams`` words.

    ``terms``: ``by-script`` takes runs of characters where a script parts no words, ``words`` the
    words that ICU finds there, ``characters`` runs of characters in every script.
    """

    regularisation: Grid = (0.1, 1.0, 10.0, 100.0, 1000.0)
    class_weight: ClassWeight = None
    # all: the words of the test texts count too, without labels: a transductive protocol that some
    # published results use
    fitted_on: Literal["train", "all"] = "train"
    ngrams: Annotated[int, Field(ge=1, le=3)] = 2
    terms: Literal["by-script", "words", "characters"] = "by-script"
    sublinear: bool = True  # takes the logarithm of each count


class TfidfSvmOptions(TfidfOptions):
    """An SVM on the same weights; its C is on another scale, and large values do not converge."""

    regularisation: Grid = (0.01, 0.1, 1.0, 10.0)


class TextNetworkOptions(Section):
    """Options of every text network: pretrained or no weights, and the tokens that it reads."""

    weights: Literal["none"] | None = None
    max_tokens: Annotated[int, Field(ge=8, le=512)] | None = None
    class_weight: ClassWeight = None


class TextProbeOptions(TextNetworkOptions):
    """A logistic regression on frozen features; C is chosen on validation."""

    regularisation: Grid = PROBE_GRID


class TextFinetuneOptions(TextNetworkOptions):
    """A probe as the head, then the top ``unfreeze`` layers; those below stay frozen."""

    epochs: Epochs = 3
    batch_size: BatchSize = 32
    rate: Fraction = 1e-4
    decay: Literal["cosine", "linear"] = "linear"
    warmup: Warmup = 0.1
    patience: Patience = 2
    unfreeze: Layers = 2
    time_budget: Positive | None = None


class TextScratchOptions(TextFinetuneOptions):
    """The same network from random weights, with all layers trained."""

    rate: Fraction = 3e-4
    epochs: Epochs = 5
    unfreeze: Layers = 64


class LogMelOptions(Section):
    """A logistic regression on log-mel statistics; C is chosen on validation."""

    regularisation: Grid = CLASSICAL_GRID
    class_weight: ClassWeight = None


class AudioProbeOptions(Section):
    """A logistic regression on a frozen encoder's mean output; C is chosen on validation."""

    weights: Literal["none"] | None = None
    class_weight: ClassWeight = None
    regularisation: Grid = PROBE_GRID


class SpokenLanguageOptions(Section):
    """Whisper tells which language is spoken; ``classes`` maps its codes to the study's names."""

    classes: dict[Name, Name] = {}


class RecogniserOptions(Section):
    """How a recogniser decodes: the beam width; 1 is greedy search."""

    beam: Annotated[int, Field(ge=1, le=50)] = 1


class Split(Section):
    """How the items are split, unless the source's own split is used."""

    test: Annotated[float, Field(gt=0, le=1)] = 0.25  # of speech, 1 unless something is trained
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.15
    stratify: bool = True
    group: str | None = None
    given: bool | None = None  # use the source's own split; by default if there is one
    seed: Annotated[int, Field(ge=0)] = 42
    folds: Annotated[int, Field(ge=1, le=100)] | None = None  # 10 of few items; 1: none
    repeats: Annotated[int, Field(ge=1, le=100)] = 10

    @model_validator(mode="before")
    @classmethod
    def _draw(cls, values: Any) -> Any:  # a new split if `test` or `group` is set
        draws = isinstance(values, dict) and {"test", "group"} & values.keys()
        return {"given": False, **values} if draws else values

    @model_validator(mode="after")
    def _leaves_room_to_train(self) -> "Split":
        if self.test < 1 <= (total := self.test + self.validation):
            raise ValueError(f"test + validation is {total:g}, which leaves nothing to train on")
        return self


class Robustness(Section):
    """Corruptions of ``items`` test items, at fractions of full severity."""

    noises: Annotated[tuple[str, ...], Field(min_length=1)]
    severities: Annotated[tuple[Fraction, ...], Field(min_length=1, max_length=8)] = SEVERITIES
    items: Annotated[int, Field(ge=20)] = 300


class Correlate(Section):
    """A numeric column to correlate with, and the number that each class stands for."""

    column: Name
    values: dict[Name, float]


class ThresholdAim(Section):
    """What the threshold of a positive class is chosen for: a recall, a precision or costs."""

    positive: Name
    recall: Fraction | None = None
    precision: Fraction | None = None
    cost: dict[Literal["false_positive", "false_negative"], Positive] | None = None

    @model_validator(mode="after")
    def _has_one_aim(self) -> "ThresholdAim":
        if len(self.model_dump(exclude_none=True)) != 2 or len(self.cost or "ab") != 2:
            raise ValueError("one of recall, precision and cost (of both errors) is needed")
        return self


class Evaluate(Section):
    """The metric, the slices and the resamples of the evaluation."""

    primary: str = "macro-f1"
    margin: Annotated[float, Field(gt=0)] | None = None  # a difference that does not matter
    slices: tuple[Name, ...] = ()
    resamples: Annotated[int, Field(ge=200, le=100_000)] = 2000
    labels: LabelCounts = ()  # fits on so many, in repeated draws
    normalisation: Literal["raw", "plain", "whisper"] = "plain"  # of transcripts
    noise: dict[str, tuple[int | float, ...]] = {}  # strengths of each kind, added to utterances
    noise_utterances: Annotated[int, Field(ge=2, le=10_000)] = 20
    correlate: Correlate | None = None
    prediction_sets: Annotated[float, Field(ge=0.5, lt=1)] = 0.9  # how many hold the right class
    threshold: ThresholdAim | None = None
