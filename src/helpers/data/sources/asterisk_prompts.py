"""Telephone prompts of Asterisk: spoken by one studio voice a language, with their transcripts.

Each language is two packages of Debian, the recordings and the texts; both are read in place.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from helpers.catalogue import apt, deb_files
from helpers.catalogue.entries import Package
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.data.items import Items
from helpers.data.speech import annotations, normalisation

SOUNDS = "usr/share/asterisk/sounds/*.wav"
TEXTS = "usr/share/doc/*/core-sounds-*.txt*"
VOICE = re.compile(r"([a-z]{2})_([A-Z]{2})_[a-z]_(\w+)")
"""A folder names its language, country, and speaker: ``en_US_f_Allison``."""
CATEGORIES = ("digits", "letters", "phonetic")


def load(packages: Sequence[Package], label: str = "category") -> Items:
    """Read the prompts of one or several languages.

    Parameters
    ----------
    packages : sequence of Package
        For each language one with recordings and one with transcripts.
    label : {"category", "language"}
        What the items are sorted by: what is said (digits, letters, phonetic, phrases), or in
        which language. Tones, noises and silence have the label non-speech in either case, but
        for languages they are left out.

    Raises
    ------
    UserError
        The packages cannot be had or do not hold prompts.
    """
    found = [deb_files.DebMembers(apt.fetch(package)) for package in packages]
    texts = {}
    for members in found:
        for name in members.names(TEXTS):
            texts[PurePosixPath(name).name.split(".")[0][-2:]] = read_lines(members.text(name))
    rows, places = [], []
    for members in found:
        for name in members.names(SOUNDS):
            rows.append(_row(name, texts))
            places.append((members, name))
    frame = pd.DataFrame(rows)
    if not len(frame):
        raise UserError(f"{', '.join(each.name for each in packages)}: no prompts inside")
    said = {f"{code}/{name}" for code, lines in texts.items() for name in lines}
    absent = sorted(said - set(frame["id"]))
    notes = (
        *_notes(frame, label),
        f"{counted(len(absent), 'transcript has', 'transcripts have')} no recording",
    )
    known = frame["reference"].notna()
    unmatched = frame["id"][~known & ~frame["doubtful"]]
    if label == "language":
        known &= frame["label"] != normalisation.NO_SPEECH
    kept = np.flatnonzero(known)
    chosen = [places[row] for row in kept]
    frame = frame.iloc[kept].drop(columns="doubtful").reset_index(drop=True)
    if label == "language":
        frame["label"] = frame["language"]
    digest = hashlib.sha256(" ".join(each.sha256 for each in packages).encode()).hexdigest()
    return Items(
        "prompts",
        frame,
        lambda index: chosen[index][0].read(chosen[index][1]),
        digest,
        root="Debian packages",
        unmatched=tuple(unmatched),
        absent=tuple(absent),
        notes=notes,
        apart=(normalisation.NO_SPEECH,),
    )


def read_lines(text: str) -> dict[str, str]:
    """Read lines of ``name: text``; a semicolon begins a comment."""
    lines = (line.partition(":") for line in text.splitlines() if not line.startswith(";"))
    return {name.strip(): said.strip() for name, colon, said in lines if colon and name.strip()}


def _row(path: str, texts: dict[str, dict[str, str]]) -> dict[str, object]:
    """Describe a recording: what is said in it, by whom, and what it is one of."""
    parts = PurePosixPath(path).with_suffix("").parts
    at = next((place for place, part in enumerate(parts) if VOICE.fullmatch(part)), None)
    if at is None:
        raise UserError(f"{path}: no folder such as en_US_f_Allison names the voice")
    code, country, speaker = VOICE.fullmatch(parts[at]).groups()
    name = "/".join(parts[at + 1 :])
    text = texts.get(code, {}).get(name)
    sound = annotations.sound(text or "")
    if parts[at + 1] == "silence":
        sound = sound or "silence"
    spoken = None if sound or text is None else annotations.spoken(text)
    category = parts[at + 1] if parts[at + 1] in CATEGORIES else "phrases"
    return {
        "id": f"{code}/{name}",
        "label": normalisation.NO_SPEECH if sound else category,
        "reference": "" if sound else spoken,
        "language": f"{code}-{country}",
        "category": normalisation.NO_SPEECH if sound else category,
        "sound": sound,
        "speaker": speaker,
        "path": path,
        "doubtful": text is not None and spoken is None and not sound,
    }


def _notes(frame: pd.DataFrame, label: str) -> list[str]:
    """Say who speaks, and how many recordings are without speech, or words that are sure."""
    silent, doubtful = frame["label"] == normalisation.NO_SPEECH, frame["doubtful"]
    missing = frame["reference"].isna() & ~doubtful
    speakers = frame.groupby("language")["speaker"].agg(lambda names: ", ".join(sorted(set(names))))
    return [
        "spoken by " + ", ".join(f"{speakers[each]} ({each})" for each in speakers.index),
        f"{missing.sum()} without a transcript are left out",
        f"{doubtful.sum()} with words in brackets, which may be spoken or not, are left out",
        f"{silent.sum()} without speech are {'left out' if label == 'language' else 'set aside'}",
    ]
