"""What the ways to make a model may be told, typed; a modality says which of them it has."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpers.core.schema import Section

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


class TrainedOptions(NetworkOptions):
    """What training a network takes."""

    epochs: Annotated[int, Field(ge=1, le=1000)] = 4
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 32
    rate: Annotated[float, Field(gt=0, le=1)] = 5e-5
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    patience: Annotated[int, Field(ge=1)] = 2
    augment: tuple[Literal["flip", "crop", "colour"], ...] = ("flip",)
    time_budget: Annotated[float, Field(gt=0)] | None = None


class FinetuneOptions(TrainedOptions):
    """The probe first, then the whole network, or what is ``above`` a layer, at a small rate.

    What lies below a layer is run once, and its weights stay as they were pretrained.
    """

    above: str | None = None

    @model_validator(mode="after")
    def _can_be_varied(self) -> "FinetuneOptions":
        if self.above and (odd := [kind for kind in self.augment if kind != "flip"]):
            raise ValueError(f"augment: {odd[0]} cannot be had with above: flip, or nothing, can")
        return self


class ScratchOptions(TrainedOptions):
    """The same network from random weights: the control that tells what pretraining is worth."""

    rate: Annotated[float, Field(gt=0, le=1)] = 1e-3
    epochs: Annotated[int, Field(ge=1, le=1000)] = 10


class PredictionsOptions(Section):
    """What was made elsewhere has nothing to set."""


class WordsOptions(Section):
    """A linear model on weighted counts of words and of runs of up to ``ngrams`` words.

    ``fitted_on: all`` counts words in the test texts too, without their labels: a transductive
    protocol that some published numbers use. ``sublinear`` takes the logarithm of a count.
    """

    regularisation: Grid = (0.1, 1.0, 10.0, 100.0, 1000.0)
    class_weight: ClassWeight = None
    fitted_on: Literal["train", "all"] = "train"
    ngrams: Annotated[int, Field(ge=1, le=3)] = 2
    sublinear: bool = True


class WordsSvmOptions(WordsOptions):
    """A support vector machine on the same counts; its C counts otherwise, and large ones stall."""

    regularisation: Grid = (0.01, 0.1, 1.0, 10.0)


class TextOptions(Section):
    """What every network of texts takes: its own or no weights, and the most tokens it reads."""

    weights: Literal["none"] | None = None
    max_tokens: Annotated[int, Field(ge=8, le=512)] | None = None
    class_weight: ClassWeight = None


class TextProbeOptions(TextOptions):
    """A logistic regression on frozen features; C is chosen on validation."""

    regularisation: Grid = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)


class TextFinetuneOptions(TextOptions):
    """The probe as head first, then the ``unfreeze`` top layers; what lies below stays."""

    epochs: Annotated[int, Field(ge=1, le=1000)] = 3
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 32
    rate: Annotated[float, Field(gt=0, le=1)] = 1e-4
    decay: Literal["cosine", "linear"] = "linear"
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    patience: Annotated[int, Field(ge=1)] = 2
    unfreeze: Annotated[int, Field(ge=1, le=64)] = 2
    time_budget: Annotated[float, Field(gt=0)] | None = None


class TextScratchOptions(TextFinetuneOptions):
    """The same network from random weights, all its layers trained."""

    rate: Annotated[float, Field(gt=0, le=1)] = 3e-4
    epochs: Annotated[int, Field(ge=1, le=1000)] = 5
    unfreeze: Annotated[int, Field(ge=1, le=64)] = 64


class LogMelOptions(Section):
    """A logistic regression on statistics of the log-mel spectrogram; C is chosen on validation."""

    regularisation: Grid = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
    class_weight: ClassWeight = None


class SoundProbeOptions(Section):
    """A logistic regression on a frozen encoder's mean output; C is chosen on validation."""

    weights: Literal["none"] | None = None
    class_weight: ClassWeight = None
    regularisation: Grid = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)


class RecogniserOptions(Section):
    """How a recogniser searches: ``beam`` transcripts are kept at each step, 1 is greedy."""

    beam: Annotated[int, Field(ge=1, le=50)] = 1


class Robustness(Section):
    """Noises that test items are changed by, at shares of full severity; ``items`` of them."""

    noises: Annotated[tuple[str, ...], Field(min_length=1)]
    severities: Annotated[
        tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1, max_length=8)
    ] = (0.05, 0.1, 0.2)
    items: Annotated[int, Field(ge=20)] = 300


class Correlate(Section):
    """A numeric column of the data, and the number that each class stands for."""

    column: str
    values: dict[str, float]
