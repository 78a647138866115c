"""Whisper's encoder as a backbone: its output averaged over a recording, by CTranslate2."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import code_digest, progress
from helpers.core.errors import UserError
from helpers.data.audio import windows
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.kinds import ModelSpec
from helpers.models.speech import whisper

PREPROCESSING = "log-mel spectrogram of the recording's own length, in windows of 30 s at most"
FEWEST = 100
"""Frames of 10 ms, a second in all, that a shorter window is padded to."""


@dataclass(frozen=True)
class WhisperEncoderCard(ModelCard):
    """An encoder before it is loaded; CTranslate2 runs it, without Keras."""

    def engine(self) -> dict[str, Any]:
        """Name what will run the network and its code, for the key of its features."""
        modules = [__name__, "helpers.data.audio.windows"]
        return {"engine": _engine(), "code": code_digest.of_modules(modules)}

    def load(self) -> LoadedModel:
        """Load the model.

        Raises
        ------
        UserError
            It cannot be fetched, or is not a Whisper model.
        """
        return self.build()


@dataclass(frozen=True)
class WhisperEncoder:
    """A loaded encoder: float32 samples to the mean of its output; ``network`` is its folder."""

    name: str
    network: Path
    facts: dict[str, Any]

    def compile(self, network: Path, threads: int | None = None) -> "RunningEncoder":
        """Make the encoder ready to run."""
        return RunningEncoder(_engine(), whisper.opened(network, threads))

    def about(self, network: Path, running: "RunningEncoder") -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        return self.facts | {"gflops": None, "engine": running.name}

    def unfrozen(self, options: dict[str, Any]) -> None:
        """Refuse: CTranslate2 does not train."""
        raise UserError(f"{self.name}: encoders of recordings can be probed, but not trained")


@dataclass(frozen=True)
class RunningEncoder:
    """An encoder that runs."""

    name: str
    model: Any

    def run(
        self, read: Callable[[int], np.ndarray], positions: Sequence[int], what: str = ""
    ) -> np.ndarray:
        """Encode recordings one by one: float32 [N, dimension]."""
        tracked = progress.track(positions, what, len(positions))
        return np.stack([self._mean(read(int(position))) for position in tracked])

    def _mean(self, samples: np.ndarray) -> np.ndarray:
        """Average the encoder's output over the windows of a recording, weighted by length."""
        parts = [self._window(window) for window in windows.cut([samples])]
        weights = [len(part) for part in parts]
        return np.average([part.mean(axis=0) for part in parts], axis=0, weights=weights).astype(
            np.float32
        )

    def _window(self, samples: np.ndarray) -> np.ndarray:
        """Encode a window: [frames / 2, dimension], without pure padding."""
        frames = self.model.feature_extractor(samples)
        count = frames.shape[1]
        missing = max(FEWEST - count, count % 2)
        padded = np.pad(frames, ((0, 0), (0, missing)), mode="minimum")[:, :3000]
        return np.array(self.model.encode(padded))[0, : max(1, count // 2)]


def card(spec: ModelSpec) -> WhisperEncoderCard:
    """Describe the encoder of a Whisper model of the catalogue, a folder or a hub."""
    recogniser = whisper.card(spec)

    def build() -> WhisperEncoder:
        facts = {
            "digest": made.digest,
            "preprocessing": PREPROCESSING,
            "licence": made.licence,
            "parameters": spec.entry.parameters if spec.entry else None,
        }
        return WhisperEncoder(spec.name, whisper.located(spec), facts)

    made = WhisperEncoderCard(
        name=spec.name,
        preprocessing=PREPROCESSING,
        licence=recogniser.licence,
        made_of=recogniser.made_of,
        modules=(whisper.__name__,),
        build=build,
    )
    return made


def _engine() -> str:
    return f"CTranslate2 {version('ctranslate2')} {whisper.COMPUTE}"
