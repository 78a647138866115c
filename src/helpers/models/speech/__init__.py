"""Recognisers by name: from sound to words, each with the decoding that gives one answer.

A name is one of the catalogue, or has a prefix: ``whisper:`` a folder or a name of the hub,
``kerashub:PRESET``.
"""

from helpers.catalogue import entries
from helpers.core.errors import UserError, unknown
from helpers.models.speech import moonshine, pocketsphinx, whisper
from helpers.models.speech.recogniser import Card, Heard, Recogniser, transcribe

__all__ = ["Card", "Heard", "Recogniser", "describe", "transcribe"]

PREFIXES = ("whisper", "kerashub")


def describe(name: str, beam: int = 1) -> Card:
    """Describe a recogniser without loading it.

    Parameters
    ----------
    name : str
    beam : int
        Width of the search, for Whisper; 1 is greedy.

    Raises
    ------
    UserError
        No such recogniser, with the closest name.
    """
    prefix, _, rest = name.partition(":")
    if rest:
        if prefix not in PREFIXES:
            raise unknown("kind of recogniser", prefix, PREFIXES)
        return whisper.card(name, beam=beam) if prefix == "whisper" else moonshine.card(name)
    entry = entries.model(name)
    if entry.family == "whisper":
        return whisper.card(name, entry, beam)
    if entry.family == "pocketsphinx":
        return pocketsphinx.card(name)
    raise UserError(f"{name}: {entry.title}: no recogniser")
