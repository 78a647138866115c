"""Accents of English spoken by programs, from the transcripts of the English prompts."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from helpers.catalogue import apt, deb_files
from helpers.catalogue.entries import Package
from helpers.data.audio import speech_synthesis
from helpers.data.items import Items
from helpers.data.sources.asterisk_prompts import TEXTS, read_lines
from helpers.data.speech import annotations, normalisation

WORDS = (4, 15)
"""Fewest and most words of a sentence that is spoken."""


def load(packages: Sequence[Package], sentences: int = 40) -> Items:
    """Let every synthetic voice of this machine speak the same sentences.

    Parameters
    ----------
    packages : sequence of Package
        One that holds transcripts.
    sentences : int
        How many, the first in order of a digest of their words.

    Raises
    ------
    Unreachable
        The package cannot be had, or no program that speaks is there.
    """
    voices = speech_synthesis.available()
    texts: dict[str, str] = {}
    for members in [deb_files.DebMembers(apt.fetch(package)) for package in packages]:
        for name in members.names(TEXTS):
            texts |= read_lines(members.text(name))
    chosen = sorted(_usable(texts).items(), key=lambda each: _digest(each[1]))[:sentences]
    frame = pd.DataFrame(
        [
            {
                "id": f"{voice.program}/{voice.name}/{name}",
                "label": voice.shown,
                "reference": text,
                "language": "en",
                "accent": voice.shown,
                "speaker": voice.shown,
                "path": f"{voice.shown}: {name}",
            }
            for voice in voices
            for name, text in chosen
        ]
    )
    spoken = [(text, voice) for voice in voices for _, text in chosen]
    programs = sorted({voice.program for voice in voices})
    versions = ", ".join(f"{name} {speech_synthesis.version_of(name)}" for name in programs)
    return Items(
        "accents",
        frame,
        lambda index: speech_synthesis.synthesise(*spoken[index]),
        _digest(versions + "".join(frame["id"] + frame["reference"])),
        root="synthesised",
        notes=(f"synthetic speech by {versions}: no person speaks in any of it",),
    )


def _usable(texts: dict[str, str]) -> dict[str, str]:
    """Keep plain sentences of a length, each once."""
    found, seen = {}, set()
    for name, text in sorted(texts.items()):
        said = annotations.spoken(text)
        words = normalisation.plain(said or "")
        if said and words not in seen and WORDS[0] <= len(words.split()) <= WORDS[1]:
            found[name] = said
            seen.add(words)
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
