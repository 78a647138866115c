"""Whisper's encoder as a backbone: its output averaged over a recording, by CTranslate2."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.data.audio import decoding, windows
from helpers.models.card import LoadedModel, ModelCard, Positions, Read
from helpers.models.kinds import ModelSpec
from helpers.models.speech import whisper

PREPROCESSING = "log-mel spectrogram of the recording's own length, in windows of 30 s at most"
FEWEST = 100  # frames of 10 ms, a second in all, that a shorter window is padded to


@dataclass(frozen=True)
class WhisperEncoder(LoadedModel):
    """A loaded encoder: float32 samples to the mean of its output; ``network`` is its folder."""

    untrainable = "encoders of recordings can be probed, but not trained"

    def compile(self, network: Path, threads: int | None = None) -> "RunningEncoder":
        """Make the encoder ready to run."""
        return RunningEncoder(_engine(), whisper.opened(network, threads))


@dataclass(frozen=True)
class RunningEncoder:
    """An encoder that runs."""

    name: str
    model: Any

    def run(self, read: Read, positions: Positions, what: str = "") -> np.ndarray:
        """Encode recordings one by one: float32 [N, dimension]."""
        tracked = progress.track(positions, what, len(positions))
        return np.stack([self._mean(read(int(position))) for position in tracked])

    def _mean(self, samples: np.ndarray) -> np.ndarray:
        """Average the encoder's output over the windows of a recording, weighted by length."""
        parts = [self._window(window) for window in windows.cut([samples])]
        weights, means = [len(part) for part in parts], [part.mean(axis=0) for part in parts]
        return np.average(means, axis=0, weights=weights).astype(np.float32)

    def _window(self, samples: np.ndarray) -> np.ndarray:
        """Encode a window: [frames / 2, dimension], without pure padding."""
        frames = self.model.feature_extractor(samples)
        count = frames.shape[1]
        missing = max(FEWEST - count, count % 2)
        padded = np.pad(frames, ((0, 0), (0, missing)), mode="minimum")[:, :3000]
        return np.array(self.model.encode(padded))[0, : max(1, count // 2)]


def card(spec: ModelSpec) -> ModelCard:
    """Describe the encoder of a Whisper model of the catalogue, a folder or a hub."""
    recogniser = whisper.card(spec)
    parameters = spec.entry.parameters if spec.entry else None
    return ModelCard(
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
