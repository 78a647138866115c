"""Moonshine, KerasHub's audio-to-text models, by preset from a hub or a folder; greedy search."""

from typing import Any

import numpy as np

from helpers.core import folder_digest, paths, quiet_imports
from helpers.core.errors import UserError, reason
from helpers.models.speech.recogniser import Card, Recogniser


def card(name: str) -> Card:
    """Describe a preset, such as ``kerashub:moonshine_tiny_en`` or ``kerashub:`` a folder."""
    preset = name.removeprefix("kerashub:")
    folder = paths.root() / preset
    content = folder_digest.of_folder(folder) if folder.is_dir() else preset
    return Card(
        name=name,
        licence="of the preset's authors, see its model card",
        reads="samples, as the preset's audio converter takes them",
        made_of={"kerashub": content},
        load=lambda threads: _load(name, str(folder) if folder.is_dir() else preset),
        modules=("helpers.models.speech.moonshine",),
    )


def _load(name: str, preset: str) -> Recogniser:
    quiet_imports.tensorflow()
    import keras_hub

    try:
        model = keras_hub.models.MoonshineAudioToText.from_preset(preset)
        model.compile(sampler="greedy")
    except Exception as error:  # each hub has its own kinds
        raise UserError(
            f"{name}: no audio-to-text model could be loaded: a preset's name (which needs the "
            f"network once) or a folder that holds one is needed ({reason(error)})"
        ) from None
    return Recogniser(name, _hearing(model), "KerasHub, greedy search", int(model.count_params()))


def _hearing(model: Any) -> Any:
    def hear(samples: np.ndarray, language: str) -> str:
        said = model.generate({"audio": samples[None, :, None]})
        return str(said if isinstance(said, str) else said[0])

    return hear
