"""Accents of English spoken by programs, from the transcripts of the English prompts."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

import pandas as pd
from pydantic import Field

from helpers.catalogue import apt, deb_files
from helpers.catalogue.entries import Package
from helpers.core.schema import Section
from helpers.data.audio import speech_synthesis
from helpers.data.items import Items
from helpers.data.sources import Reader
from helpers.data.sources.asterisk_prompts import TEXTS, read_lines
from helpers.data.speech import annotations, normalisation

WORDS = (4, 15)  # fewest and most words of a sentence that is spoken


class AccentFields(Section):
    """How many sentences are spoken, the first in order of a digest of their words."""

    sentences: Annotated[int, Field(gt=0)] = 40


def load(packages: Sequence[Package], fields: AccentFields) -> Items:
    """Let every synthetic voice of this machine speak the same sentences of the packages."""
    voices = speech_synthesis.available()
    texts: dict[str, str] = {}
    for members in [deb_files.DebMembers(apt.fetch(package)) for package in packages]:
        for name in members.names(TEXTS):
            texts |= read_lines(members.text(name))
    chosen = sorted(_usable(texts).items(), key=lambda each: _digest(each[1]))[: fields.sentences]
    spoken = [(voice, name, text) for voice in voices for name, text in chosen]
    ids = [f"{voice.program}/{voice.name}/{name}" for voice, name, _ in spoken]
    accents = [voice.shown for voice, _, _ in spoken]
    frame = pd.DataFrame({"id": ids, "label": accents, "reference": [text for *_, text in spoken]})
    frame = frame.assign(language="en", accent=accents, speaker=accents)
    frame["path"] = [f"{voice.shown}: {name}" for voice, name, _ in spoken]
    programs = sorted({voice.program for voice in voices})
    versions = ", ".join(f"{name} {speech_synthesis.version_of(name)}" for name in programs)
    return Items(
        "accents",
        frame,
        lambda index: speech_synthesis.synthesise(spoken[index][2], spoken[index][0]),
        _digest(versions + "".join(frame["id"] + frame["reference"])),
        root="synthesised",
        notes=(f"synthetic speech by {versions}: no person speaks in any of it",),
    )


def _usable(texts: dict[str, str]) -> dict[str, str]:
    sentences: dict[str, str] = {}
    seen = set()
    for name, text in sorted(texts.items()):
        sentence = annotations.spoken(text)
        words = normalisation.plain(sentence or "")
        if sentence and words not in seen and WORDS[0] <= len(words.split()) <= WORDS[1]:
            sentences[name] = sentence
            seen.add(words)
    return sentences


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


ACCENTS = Reader(AccentFields, load)
