"""Moonshine, KerasHub's audio-to-text models, by preset from a hub or a folder; greedy search."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.core import quiet_imports
from helpers.models import presets
from helpers.models.kinds import ModelSpec
from helpers.models.speech.recogniser import Recogniser, RecogniserCard


def card(spec: ModelSpec) -> RecogniserCard:
    """Describe a preset, such as ``kerashub:moonshine_tiny_en`` or ``kerashub:`` a folder."""
    source, content = presets.located(spec.reference)
    return RecogniserCard(
        name=spec.name,
        licence=presets.LICENCE,
        reads="samples, as the preset's audio converter takes them",
        made_of={"kerashub": content},
        load=lambda threads: _load(spec.name, source),
        modules=(__name__,),
    )


def _load(name: str, preset: str) -> Recogniser:
    quiet_imports.tensorflow()
    import keras_hub

    with presets.loading(name, "audio-to-text model"):
        model = keras_hub.models.MoonshineAudioToText.from_preset(preset)
        model.compile(sampler="greedy")
    return Recogniser(name, _hearing(model), "KerasHub, greedy search", int(model.count_params()))


def _hearing(model: Any) -> Callable[[np.ndarray, str], str]:
    def hear(samples: np.ndarray, language: str) -> str:
        generated = model.generate({"audio": samples[None, :, None]})
        return str(generated if isinstance(generated, str) else generated[0])

    return hear
