"""Whisper's encoder as a backbone: its output averaged over a recording, by CTranslate2."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from helpers.catalogue.entries import ModelEntry
from helpers.core import code_digest, progress
from helpers.core.errors import UserError
from helpers.data.audio import windows
from helpers.models.speech import whisper

PREPROCESSING = "log-mel spectrogram of the recording's own length, in windows of 30 s at most"
FEWEST = 100
"""Frames of 10 ms that a window is padded to at least: a second."""


@dataclass(frozen=True)
class EncoderCard:
    """What is known of an encoder before it is loaded; as ``models.Card``, without Keras."""

    name: str
    entry: ModelEntry | None
    licence: str
    preprocessing: str = PREPROCESSING

    def engine(self) -> dict[str, str]:
        """Name what will run the network, for the key of its features."""
        modules = ["helpers.models.audio.whisper_encoder", "helpers.data.audio.windows"]
        return {"engine": _engine(), "code": code_digest.of_modules(modules)}

    @property
    def made_of(self) -> dict[str, Any]:
        """Return the plain values that decide the network's numbers."""
        return whisper.card(self.name, self.entry).made_of

    @property
    def digest(self) -> str:
        """Digest what the features depend on."""
        return whisper.card(self.name, self.entry).digest

    def at(self, layer: str) -> "EncoderCard":
        """Refuse: the encoder gives its last layer only.

        Raises
        ------
        UserError
            Always.
        """
        raise UserError(f"{self.name}@{layer}: this model cannot be cut at a layer")

    def load(self) -> "Encoder":
        """Load the model.

        Raises
        ------
        UserError
            It cannot be had, or is no Whisper model.
        """
        return Encoder(self, whisper.located(self.name, self.entry))


@dataclass(frozen=True)
class Encoder:
    """A loaded encoder: float32 samples to the mean of its output, [dimension]."""

    card: EncoderCard
    network: Any

    def compile(self, network: Any, threads: int | None = None) -> "Running":
        """Make the encoder ready to run."""
        return Running(_engine(), whisper.opened(network, threads))

    def about(self, network: Any, running: "Running") -> dict[str, Any]:
        """Say what the model is and expects, as plain values."""
        card = self.card
        return {
            "digest": card.digest,
            "preprocessing": card.preprocessing,
            "licence": card.licence,
            "parameters": card.entry.parameters if card.entry else None,
            "gflops": None,
            "engine": running.name,
        }


@dataclass(frozen=True)
class Running:
    """An encoder that runs."""

    name: str
    model: Any

    def run(self, read: Callable[[int], np.ndarray], positions: Sequence[int], what: str = ""):
        """Encode recordings one by one: float32 [N, dimension]."""
        tracked = progress.track(positions, what, len(positions))
        return np.stack([self._mean(read(int(position))) for position in tracked])

    def _mean(self, samples: np.ndarray) -> np.ndarray:
        """Average the encoder's output over the windows of a recording; long ones weigh more."""
        parts = [self._window(window) for window in windows.cut([samples])]
        weights = [len(part) for part in parts]
        return np.average([part.mean(axis=0) for part in parts], axis=0, weights=weights).astype(
            np.float32
        )

    def _window(self, samples: np.ndarray) -> np.ndarray:
        """Encode a window: [frames / 2, dimension], without what is padding alone."""
        frames = self.model.feature_extractor(samples)
        count = frames.shape[1]
        missing = max(FEWEST - count, count % 2)
        padded = np.pad(frames, ((0, 0), (0, missing)), mode="minimum")[:, :3000]
        return np.array(self.model.encode(padded))[0, : max(1, count // 2)]


def describe(
    name: str, entry: ModelEntry, pretrained: bool = True, size: int | None = None, seed: int = 0
) -> EncoderCard:
    """Describe the encoder of a Whisper model of the catalogue."""
    return EncoderCard(name, entry, entry.licence)


def from_place(
    place: str, pretrained: bool = True, size: int | None = None, seed: int = 0
) -> EncoderCard:
    """Describe the encoder of ``whisper:`` a folder or a hub's name."""
    return EncoderCard(f"whisper:{place}", None, "of the model's authors, see its model card")


def _engine() -> str:
    return f"CTranslate2 {version('ctranslate2')} {whisper.COMPUTE}"
