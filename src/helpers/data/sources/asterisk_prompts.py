"""Telephone prompts of Asterisk: spoken by one studio voice a language, with their transcripts.

Each language is two packages of Debian, the recordings and the texts; both are read in place. The
English transcripts are also spoken by programs, in several accents.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from helpers.catalogue import apt, tar_packages
from helpers.catalogue.entries import Package
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.schema import Section
from helpers.data.audio import speech_synthesis
from helpers.data.items import NO_SPEECH, Found, Items
from helpers.data.sources import Reader
from helpers.data.speech import annotations, normalisation

SOUNDS = "usr/share/asterisk/sounds/*.wav"
TEXTS = "usr/share/doc/*/core-sounds-*.txt*"
# a folder names its language, country, and speaker: ``en_US_f_Allison``
VOICE = re.compile(r"([a-z]{2})_([A-Z]{2})_[a-z]_(\w+)")
CATEGORIES = ("digits", "letters", "phonetic")
WORDS = (4, 15)  # fewest and most words of a sentence that is spoken
SYNTHETIC = (
    "All voices are synthetic, made by programs: every number is about these programs, and none is "
    "about the accents of people."
)


class PromptFields(Section):
    """Label by category (digits, letters, phonetic, phrases, non-speech), or speech by language."""

    label: Literal["category", "language"] = "category"


def load(packages: Sequence[Package], fields: PromptFields) -> Items:
    """Read the prompts of languages, each a package of recordings and one of transcripts."""
    archives = [tar_packages.TarMembers(apt.fetch(package)) for package in packages]
    texts = {}
    for members in archives:
        for name in members.names(TEXTS):
            texts[PurePosixPath(name).name.split(".")[0][-2:]] = read_lines(members.text(name))
    files = [(members, name) for members in archives for name in members.names(SOUNDS)]
    frame = pd.DataFrame([_row(name, texts) for _, name in files])
    if not len(frame):
        raise UserError(f"{', '.join(each.name for each in packages)}: no prompts inside")
    transcribed = {f"{code}/{name}" for code, lines in texts.items() for name in lines}
    absent = sorted(transcribed - set(frame["id"]))
    unspoken = f"{counted(len(absent), 'transcript has', 'transcripts have')} no recording"
    notes = (*_notes(frame, fields.label), unspoken)
    usable = frame["reference"].notna()
    unmatched = frame["id"][~usable & ~frame["doubtful"]]
    if fields.label == "language":
        usable, unmatched = usable & (frame["label"] != NO_SPEECH), unmatched[:0]  # as is noted
        frame["label"] = frame["language"].str[:2]
    used = [files[row] for row in np.flatnonzero(usable)]
    frame = frame[usable].drop(columns="doubtful").reset_index(drop=True)
    digest = _digest(" ".join(each.sha256 for each in packages))
    return Items(
        "prompts",
        frame,
        lambda index: used[index][0].read(used[index][1]),
        digest,
        root="Debian packages",
        unmatched=tuple(unmatched),
        absent=tuple(absent),
        notes=notes,
        set_aside=(NO_SPEECH,),
    )


def read_lines(text: str) -> dict[str, str]:
    """Read lines of ``name: text``; a semicolon begins a comment."""
    lines = (line.partition(":") for line in text.splitlines() if not line.startswith(";"))
    return {name.strip(): text.strip() for name, colon, text in lines if colon and name.strip()}


def _row(path: str, texts: dict[str, dict[str, str]]) -> dict[str, object]:
    parts = PurePosixPath(path).with_suffix("").parts
    matches = ((depth, VOICE.fullmatch(part)) for depth, part in enumerate(parts, start=1))
    depth, voice = next((match for match in matches if match[1]), (0, None))
    if voice is None:
        raise UserError(f"{path}: no folder such as en_US_f_Allison names the voice")
    code, country, speaker = voice.groups()
    top, name = parts[depth], "/".join(parts[depth:])
    text = texts.get(code, {}).get(name)
    sound = annotations.sound(text or "") or ("silence" if top == "silence" else None)
    spoken = None if sound or text is None else annotations.spoken(text)
    category = top if top in CATEGORIES else "phrases"
    return {
        "id": f"{code}/{name}",
        "label": NO_SPEECH if sound else category,
        "reference": "" if sound else spoken,
        "language": f"{code}-{country}",
        "category": NO_SPEECH if sound else category,
        "sound": sound,
        "speaker": speaker,
        "path": path,
        "doubtful": text is not None and spoken is None and not sound,
    }


def _notes(frame: pd.DataFrame, label: str) -> list[str]:
    """Say who speaks, and how many recordings are without speech, or words that are sure."""
    silent, doubtful = frame["label"] == NO_SPEECH, frame["doubtful"]
    missing = frame["reference"].isna() & ~doubtful
    speakers = frame.groupby("language")["speaker"].agg(lambda names: ", ".join(sorted(set(names))))
    return [
        "spoken by " + ", ".join(f"{speakers[each]} ({each})" for each in speakers.index),
        f"{missing.sum()} without a transcript are left out",
        f"{doubtful.sum()} with words in brackets, which may be spoken or not, are left out",
        f"{silent.sum()} without speech are {'left out' if label == 'language' else 'set aside'}",
    ]


class AccentFields(Section):
    """How many sentences are spoken, the first in order of a digest of their words."""

    sentences: Annotated[int, Field(gt=0)] = 40


def load_accents(packages: Sequence[Package], fields: AccentFields) -> Items:
    """Let every synthetic voice of this machine speak the same sentences of the packages."""
    voices = speech_synthesis.available()
    texts: dict[str, str] = {}
    for members in [tar_packages.TarMembers(apt.fetch(package)) for package in packages]:
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
    said = f"synthetic speech by {versions}: no person speaks in any of it"
    return Items(
        "accents",
        frame,
        lambda index: speech_synthesis.synthesise(spoken[index][2], spoken[index][0]),
        _digest(versions + "".join(frame["id"] + frame["reference"])),
        root="synthesised",
        notes=(said,),
        noticed={"D138": Found(len(frame), said, frame["id"].tolist(), SYNTHETIC)},
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


PROMPTS = Reader(PromptFields, load)
ACCENTS = Reader(AccentFields, load_accents)
