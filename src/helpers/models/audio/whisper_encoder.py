"""Whisper's encoder as a backbone: its output averaged over a recording, by CTranslate2.

``NAME@languages`` gives what Whisper itself makes of it: the probability of each language.
"""

from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import ahead, cost, progress
from helpers.core.errors import UserError
from helpers.data import room
from helpers.data.audio import decoding, windows
from helpers.models.card import LoadedModel, ModelCard, Positions, Read
from helpers.models.kinds import ModelSpec
from helpers.models.speech import whisper

PREPROCESSING = "log-mel spectrogram of the recording's own length, in windows of 30 s at most"
FEWEST = 100  # frames of 10 ms, a second in all, that a shorter window is padded to
LANGUAGES = "languages"  # the layer that tells which one is spoken
SPOKEN = 1000  # frames for that: of 60 prompts it names as many as with 30 s, which it learned from


@dataclass(frozen=True, kw_only=True)
class EncoderCard(ModelCard):
    """An encoder, or what Whisper tells of the language."""

    def at(self, layer: str) -> ModelCard:
        """Describe the same model up to ``languages``; raises UserError for another layer."""
        if layer != LANGUAGES:
            raise UserError(f"{self.name}@{layer}: only {self.name}@{LANGUAGES} is known")
        made_of, said = self.made_of | {"layer": layer}, f"{PREPROCESSING}; at least 10 s"
        name = f"{self.name}@{layer}"
        return replace(self, name=name, made_of=made_of, preprocessing=said)


@dataclass(frozen=True)
class WhisperEncoder(LoadedModel):
    """A loaded encoder: float32 samples to the mean of its output; ``network`` is its folder."""

    untrainable = "encoders of recordings can be probed, but not trained"

    def compile(self, network: Path, threads: int | None = None) -> "RunningEncoder":
        """Make the encoder ready to run; raises UserError for languages of one that knows one."""
        cores = threads or cost.usable_cores()
        model, known = whisper.opened(network, 1, cores), ()
        if "layer" in self.card.made_of:
            if not model.model.is_multilingual:
                raise UserError(f"{self.card.name}: it knows English alone: it tells no languages")
            known = tuple(sorted(model.supported_languages))
        return RunningEncoder(_engine(), model, cores, known)

    def about(self, network: Path, engine: Any) -> dict[str, Any]:
        """Describe the model and what it expects, and which languages its features stand for."""
        told = {LANGUAGES: " ".join(engine.languages)} if engine.languages else {}
        return super().about(network, engine) | told


@dataclass(frozen=True)
class RunningEncoder:
    """An encoder that runs."""

    name: str
    model: Any
    cores: int  # each encodes a recording, which gives the numbers of all cores at one
    languages: tuple[str, ...] = ()  # whose probabilities are told, if any

    def run(self, read: Read, positions: Positions, what: str = "") -> np.ndarray:
        """Encode recordings, one on each core: float32 [N, dimension]."""

        @room.shared()
        def mean(position: int) -> np.ndarray:
            return self._mean(read(int(position)))

        means = ahead.side_by_side(mean, positions, self.cores)
        return np.stack([*progress.track(means, what, len(positions))])

    def _mean(self, samples: np.ndarray) -> np.ndarray:
        """Average the encoder's output over the windows of a recording, weighted by length."""
        parts = [self._window(window) for window in windows.cut([samples])]
        weights, means = [len(part) for part in parts], [part.mean(axis=0) for part in parts]
        return np.average(means, axis=0, weights=weights).astype(np.float32)

    def _window(self, samples: np.ndarray) -> np.ndarray:
        """Encode a window: [frames / 2, dimension], without pure padding, or its languages."""
        frames = self.model.feature_extractor(samples)
        count = frames.shape[1]
        missing = max((SPOKEN if self.languages else FEWEST) - count, count % 2)
        padded = np.pad(frames, ((0, 0), (0, missing)), mode="minimum")[:, :3000]
        encoded, length = self.model.encode(padded), max(1, count // 2)
        if not self.languages:
            return np.array(encoded)[0, :length]
        told = dict(self.model.model.detect_language(encoded)[0])
        return np.tile([told.get(f"<|{each}|>", 0.0) for each in self.languages], (length, 1))


def card(spec: ModelSpec) -> ModelCard:
    """Describe the encoder of a Whisper model of the catalogue, a folder or a hub."""
    recogniser = whisper.card(spec)
    parameters = spec.entry.parameters if spec.entry else None
    return EncoderCard(
        name=spec.name,
        preprocessing=PREPROCESSING,
        licence=recogniser.licence,
        made_of=recogniser.made_of,
        modules=(whisper.__name__,),
        build=lambda card: WhisperEncoder(card, whisper.located(spec), parameters),
        engine=_engine,
        engine_modules=(__name__, windows.__name__, decoding.__name__),
    )


def _engine() -> str:
    return f"CTranslate2 {version('ctranslate2')} {whisper.COMPUTE}"
