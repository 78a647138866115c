"""Recognisers by name: from sound to words, with deterministic decoding.

A name is one of the catalogue, or has a prefix: ``whisper:`` a folder or a name of the hub,
``kerashub:PRESET``.
"""

from helpers.core.errors import UserError
from helpers.models import kinds
from helpers.models.speech.recogniser import Heard, Recogniser, RecogniserCard, transcribe

__all__ = ["Heard", "Recogniser", "RecogniserCard", "describe", "transcribe"]


def describe(name: str, beam: int = 1) -> RecogniserCard:
    """Describe a recogniser without loading it; ``beam`` is its search width, 1 is greedy."""
    kind, spec = kinds.resolve(kinds.ModelSpec(name, beam=beam), "speech")
    if kind.reads != "speech":
        raise UserError(f"{name}: not a speech recogniser")
    return kind.describe(spec)
