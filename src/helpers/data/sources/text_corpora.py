"""Collections of texts as their packages hold them: Orange's tables, and snippets with ratings."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.catalogue import nested_tar, wheels
from helpers.core.errors import UserError
from helpers.data.items import Items
from helpers.data.sources import human_ratings
from helpers.data.sources.table import text_frame
from helpers.data.sources.tabular_files import read_csv

HEADERS = 3
"""Rows that open a table of Orange: names, types, roles."""


def orange(
    members: wheels.WheelMembers,
    train: str,
    test: str | None = None,
    text: str = "Text",
    label: str = "Category",
) -> Items:
    """Read a table of Orange, or two that are the sides of a standard split."""
    sides = {"train": train} | ({"test": test} if test else {})
    frames, texts = [], []
    for side, member in sides.items():
        rows = _rows(members.read(member), member)
        frame, own = text_frame(rows, member, text, label=label)
        frames.append(frame.assign(split=side, id=[f"{side}/{each}" for each in frame["id"]]))
        texts += own
    frame = pd.concat(frames, ignore_index=True)
    if test is None:
        frame = frame.drop(columns="split")
    return Items(train, frame, texts.__getitem__, "", root=members.path.name)


def _rows(content: bytes, member: str) -> pd.DataFrame:
    """Read the rows below the three that open the table."""
    lines = content.decode("utf-8-sig").split("\n")
    if len(lines) <= HEADERS:
        raise UserError(f"{member}: not a table of Orange: three rows of headers are needed")
    body = "\n".join([lines[0], *lines[HEADERS:]])
    return read_csv(body.encode(), "\t").dropna(how="all")


def ratings(
    members: wheels.WheelMembers,
    archive: str,  # noqa: A002 (the field's name in the catalogue)
    truth: str,
    raters_file: str,
    band: float,
    names: list[str],
    group: bool = False,
) -> Items:
    """Read snippets with their mean rating, and what each rater said.

    Parameters
    ----------
    members : wheels.WheelMembers
    archive : str
        The tar inside that holds both files.
    truth, raters_file : str
        Lines of id, mean rating and text; lines of id, mean, deviation and a list of ratings.
    band : float
        Ratings nearer to 0 than this are neutral.
    names : list of str
        Of the classes below, within and above the band.
    group : bool
        Whether an id such as ``12_3`` names the review 12.

    Raises
    ------
    UserError
        A line that is none of these; a rating that is no number.
    """
    if len(names) != 3 or not band > 0:
        raise UserError("data.yaml: ratings: a band above 0 and three names are needed")
    content = members.read(archive)
    ids, means, texts = [], [], []
    for line in _lines(nested_tar.read(content, truth, archive), truth, 3):
        ids.append(line[0])
        means.append(_number(line[1], truth, line[0]))
        texts.append(line[2])
    said = {
        line[0]: _list(line[3], raters_file, line[0])
        for line in _lines(nested_tar.read(content, raters_file, archive), raters_file, 4)
    }
    frame = pd.DataFrame({"id": ids, "label": human_ratings.polarity(means, band, names)})
    frame["path"] = [f"{Path(truth).name}#{each}" for each in ids]
    if group:
        frame["group"] = [each.split("_")[0] for each in ids]
    frame["rating"] = means
    notes = [f"a mean rating nearer to 0 than {band:g} is {names[1]}"]
    if odd := human_ratings.differing(means, [said.get(each, []) for each in ids]):
        notes.append(
            f"{odd:,} of {len(ids):,} mean ratings are not the mean of what the raters' file lists "
            "for the item; the published means are taken"
        )
    return Items(
        truth,
        frame,
        texts.__getitem__,
        "",
        root=members.path.name,
        notes=tuple(notes),
        ceiling=human_ratings.ceiling(list(said.values()), band),
    )


def _lines(content: bytes, where: str, columns: int) -> list[list[str]]:
    """Split lines at tabs; the last column may hold more of them."""
    found = []
    for number, line in enumerate(content.decode("utf-8-sig").split("\n"), start=1):
        if line.strip():
            cells = line.split("\t", columns - 1)
            if len(cells) != columns:
                raise UserError(f"{where}: line {number}: {columns} columns are needed")
            found.append([cell.strip() for cell in cells])
    return found


def _number(cell: str, where: str, name: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise UserError(f"{where}: {name}: {cell[:40]!r} is no rating") from None


def _list(cell: str, where: str, name: str) -> list[int]:
    try:
        found = json.loads(cell)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, int) for each in found):
        raise UserError(f"{where}: {name}: {cell[:40]!r} is no list of ratings")
    return found


READERS: dict[str, Any] = {"orange": orange, "ratings": ratings}
