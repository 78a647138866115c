"""Names of things spoken by volunteers, in the languages of Tux Paint's stamps, with their texts.

No file names its speaker. There seems to be one voice a language, so that the two cannot be told
apart: it is said wherever these recordings are used.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.catalogue.tar_packages import TarMembers
from helpers.core.errors import unknown
from helpers.core.formatting import counted
from helpers.core.schema import Section
from helpers.data.items import Found, Items
from helpers.data.sources import Reader
from helpers.data.speech import annotations

FOLDER = "usr/share/tuxpaint/stamps/"
MARK = "_desc"  # frog_desc_fr.ogg says what frog.txt has as fr.utf8=..., frog_desc.ogg its 1st line
ONE_VOICE = (
    "The volunteers' recordings name no speaker and seem to be of one voice a language, so voice "
    "and language are the same there: what tells two languages apart, or makes one harder, may be "
    "the voice, and nothing is said of other voices."
)


class NameFields(Section):
    """Which languages, and whether the label is the kind of thing or the language."""

    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    label: Literal["category", "language"] = "category"


def load(packages: Sequence[Package], fields: NameFields) -> Items:
    """Read the recordings of the languages that have a text in the same language."""
    rows, files, left = [], [], Counter[str]()
    for members in (TarMembers(apt.fetch(package)) for package in packages):
        there, texts = set(members.names(f"{FOLDER}*.txt")), dict[str, dict[str, str]]()
        for path in members.names(f"{FOLDER}*{MARK}*.ogg"):
            stem, _, code = path.removesuffix(".ogg").rpartition(MARK)
            code, written = code.removeprefix("_") or "en", f"{stem}.txt"
            if written in there and written not in texts:
                texts[written] = read_texts(members.text(written))
            text = annotations.spoken(texts.get(written, {}).get(code, ""))
            left[code] += not text
            if code in fields.languages and text:
                rows.append(_row(stem.removeprefix(FOLDER), code, text, path))
                files.append((members, path))
    frame = pd.DataFrame(rows, columns=["id", "category", "reference", "language", "path"])
    if absent := [code for code in fields.languages if code not in set(frame["language"])]:
        raise unknown("language of the recordings", absent[0], left)
    frame["label"], frame["speaker"] = frame[fields.label], "volunteer-" + frame["language"]
    many = counted(sum(left[code] for code in fields.languages), "recording")
    said = f"one voice a language is assumed, as no file names one: {len(fields.languages)} voices"
    digest = hashlib.sha256(" ".join(each.sha256 for each in packages).encode())
    return Items(
        "spoken names",
        frame,
        lambda index: files[index][0].read(files[index][1]),
        digest.hexdigest(),
        root="Debian packages",
        notes=(said, f"{many} without a text in the language that is clear left out"),
        noticed={"D138": Found(len(frame), said, frame["id"].tolist(), ONE_VOICE)},
    )


def read_texts(text: str) -> dict[str, str]:
    """Read a text in English and lines such as ``fr.utf8=Une grenouille.``, by language."""
    first, *others = text.splitlines() or [""]
    lines = (line.partition(".utf8=") for line in others)
    return {code: said.strip() for code, mark, said in lines if mark} | {"en": first.strip()}


def _row(name: str, code: str, text: str, path: str) -> tuple[str, ...]:
    return f"{code}/{name}", PurePosixPath(name).parts[0], text, code, path


NAMES = Reader(NameFields, load)
