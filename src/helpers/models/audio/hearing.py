"""How a network wants its recordings: from a card, or its preprocessor_config.json."""

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from helpers.core import files
from helpers.core.errors import UserError
from helpers.core.schema import Section, check
from helpers.core.yaml_files import read_yaml
from helpers.data.audio import windows
from helpers.data.audio.decoding import RATE

HOP, SPAN = 160, 400  # samples between and in the frames of Whisper's spectrogram
SHORTEST = RATE // 10  # samples that a shorter recording is padded to
EXAMPLE = "{rate: 16000, input: waveform}"
KINDS = {"Wav2Vec2FeatureExtractor": "waveform", "WhisperFeatureExtractor": "log-mel"}


class SoundInput(Section):
    """How recordings are made for a network: its samples, or Whisper's log-mel spectrogram.

    ``normalise`` brings the samples of a window to mean 0 and variance 1.
    """

    AUTOMATIC = ("place", "samples", "last", "kind")

    input: Literal["waveform", "log-mel"]
    rate: Annotated[int, Field(ge=1)] = RATE
    normalise: bool = False
    mels: Annotated[int, Field(ge=1, le=512)] = 80
    output: str = ""  # the one that gives the features
    place: str = ""  # the file that says so
    samples: int | None = None  # of a window, which shorter ones are filled up to; None for any
    last: bool = False  # whether mel bands are the last axis
    kind: str = "float32"  # of the network's numbers

    @property
    def words(self) -> str:
        """Say what is done to a recording."""
        bands = f"Whisper's log-mel spectrogram of {self.mels} bands"
        made = bands if self.input == "log-mel" else "its samples"
        made += ", of mean 0 and variance 1" * self.normalise
        filled = f", filled up with silence to {(self.samples or 0) / RATE:g} s"
        return f"{made}, {self.rate:,} a second{filled * bool(self.samples)}"

    @property
    def seconds(self) -> float:
        """Return how long a window may be."""
        return min(windows.WINDOW, (self.samples or np.inf) / RATE)

    def prepared(self, window: np.ndarray) -> np.ndarray:
        """Make the network's input [1, ...] of samples float32 [T]."""
        if self.normalise:  # as the extractor of wav2vec 2.0 does, before it pads
            window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        missing = max(0, (self.samples or SHORTEST) - len(window))
        given = np.pad(window, (0, missing))
        if self.input == "log-mel":
            from faster_whisper.feature_extractor import FeatureExtractor

            mel = FeatureExtractor(feature_size=self.mels)(given, padding=0)
            given = mel.T if self.last else mel
        return np.ascontiguousarray(given[None], self.kind)

    def fitted(self, shape: list[int | None], kind: str, where: str) -> "SoundInput":
        """Fit to an input, None for any length; raises UserError."""
        mel, problem, fitted = self.input == "log-mel", "", dict[str, Any](kind=kind)
        if np.dtype(kind).kind != "f":
            problem = f"its input takes {kind}, not the fractions that recordings are"
        elif len(shape) != 2 + mel or shape[0] not in (1, None):
            needed = "[N, bands, frames]" if mel else "[N, samples]"
            problem = f"its input {shape} is not {needed}, as {self.input} in {self.place} needs"
        elif mel and self.mels not in shape[1:] and None not in shape[1:]:
            problem = f"its input {shape} is not of {self.mels} bands as in {self.place}"
        elif mel:
            last = shape[1] != self.mels and shape[2] in (self.mels, None)
            frames = shape[1] if last and shape[2] else shape[2]
            fitted |= {"last": last and shape[2] is not None}
            fitted |= {"samples": HOP * frames if frames else int(windows.WINDOW * RATE)}
        else:
            fitted |= {"samples": shape[1]}
        if problem:
            raise UserError(f"{where}: {problem}")
        return self.model_copy(update=fitted)


def of(card: Path, preprocessor: Path | None, where: str) -> SoundInput:
    """Read the card, or else the model's own preprocessor_config.json; raises UserError."""
    if card.is_file():
        values = read_yaml(card) or {}
        place = card.name
    elif preprocessor:
        values, place = _of_transformers(preprocessor, where), preprocessor.name
    else:
        cure = f"put its preprocessor_config.json beside it, or a card {EXAMPLE}"
        raise UserError(f"{where}: how its recordings are made is not known: {cure}")
    hearing = check(SoundInput, values, f"{where}: {place}").model_copy(update={"place": place})
    if hearing.rate != RATE:
        problem = f"it reads {hearing.rate:,} samples a second, recordings are read at {RATE:,}"
    elif hearing.normalise and hearing.input == "log-mel":
        problem = "normalise is for a waveform"
    else:
        return hearing
    raise UserError(f"{where}: {place}: {problem}")


def _of_transformers(file: Path, where: str) -> dict[str, Any]:
    """Read what a feature extractor of transformers does; raises for what is not done here."""
    try:
        config = files.read_json(file)
        kind = KINDS[config["feature_extractor_type"]]
        values = {"input": kind, "rate": config.get("sampling_rate", RATE)}
        if kind == "waveform":
            return values | {"normalise": config.get("do_normalize", True)}
        if (config.get("hop_length", HOP), config.get("n_fft", SPAN)) != (HOP, SPAN):
            raise ValueError("another spectrogram")
        return values | {"mels": config.get("feature_size", 80)}
    except (ValueError, TypeError, AttributeError, KeyError):
        cure = f"is not what is read here ({', '.join(KINDS)}): write a card, such as {EXAMPLE}"
        raise UserError(f"{where}: {file.name} {cure}") from None
