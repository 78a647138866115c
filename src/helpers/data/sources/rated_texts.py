"""Texts that several people rated: the polarity of the mean, and what one person reaches."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from helpers.catalogue import nested_tar, wheels
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data.items import Items
from helpers.data.sources import Reader
from helpers.metrics.correlation import pearson
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.ratio_intervals import ratio_intervals

ROUNDING = 0.01  # means were published with two decimals or more


class RatingsFields(Section):
    """Snippets with their mean rating, and each rater's own.

    ``archive`` is the tar inside that holds two files: ``truth``, lines of id, mean rating and
    text, and ``raters_file``, lines of id, mean, deviation and a list of ratings. Ratings nearer to
    0 than ``band`` are neutral; ``names`` are those of the classes below, within and above it.
    ``group`` says that an id such as ``12_3`` names the review 12.
    """

    archive: str
    truth: str
    raters_file: str
    band: Annotated[float, Field(gt=0)]
    names: tuple[str, str, str]
    group: bool = False


def _ratings(members: wheels.WheelMembers, fields: RatingsFields) -> Items:
    """Read both files; raises UserError for a line of other columns or a rating that is none."""
    truth, raters_file, band = fields.truth, fields.raters_file, fields.band
    content = members.read(fields.archive)
    lines = _lines(nested_tar.read(content, truth, fields.archive), truth, 3)
    ids, texts = [line[0] for line in lines], [line[2] for line in lines]
    means = [_number(line[1], truth, line[0]) for line in lines]
    ratings = {
        line[0]: _list(line[3], raters_file, line[0])
        for line in _lines(nested_tar.read(content, raters_file, fields.archive), raters_file, 4)
    }
    frame = pd.DataFrame({"id": ids, "label": polarity(means, band, fields.names)})
    frame["path"] = [f"{Path(truth).name}#{name}" for name in ids]
    if fields.group:
        frame["group"] = [name.split("_")[0] for name in ids]
    frame["rating"] = means
    notes = [f"a mean rating nearer to 0 than {band:g} is {fields.names[1]}"]
    if count := differing(means, [ratings.get(name, []) for name in ids]):
        notes.append(
            f"{count:,} of {len(ids):,} mean ratings are not the mean of what the raters' file "
            "lists for the item; the published means are taken"
        )
    items = Items(truth, frame, texts.__getitem__, "", root=members.path.name, notes=tuple(notes))
    return replace(items, ceiling=ceiling(list(ratings.values()), band))


def _lines(content: bytes, where: str, columns: int) -> list[list[str]]:
    """Split lines at tabs; the last column may hold more of them."""
    rows = []
    for number, line in enumerate(content.decode("utf-8-sig").split("\n"), start=1):
        if line.strip():
            cells = line.split("\t", columns - 1)
            if len(cells) != columns:
                raise UserError(f"{where}: line {number}: {columns} columns are needed")
            rows.append([cell.strip() for cell in cells])
    return rows


def _number(cell: str, where: str, name: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise UserError(f"{where}: {name}: {cell[:40]!r} is not a rating") from None


def _list(cell: str, where: str, name: str) -> list[int]:
    if not re.fullmatch(r"\[ *(-?\d+ *(, *-?\d+ *)*)?\]", cell):
        raise UserError(f"{where}: {name}: {cell[:40]!r} is not a list of ratings")
    return list(map(int, re.findall(r"-?\d+", cell)))


def polarity(means: Sequence[float], band: float, names: Sequence[str]) -> list[str]:
    """Name ratings below, within and above a band around 0; its ends are outside."""
    below, within, above = names
    return [below if mean <= -band else above if mean >= band else within for mean in means]


def differing(means: Sequence[float], ratings: Sequence[Sequence[float]]) -> int:
    """Count the items whose published mean is not that of their ratings, beyond rounding."""
    pairs = zip(means, ratings, strict=True)
    return sum(bool(each) and abs(float(np.mean(each)) - mean) > ROUNDING for mean, each in pairs)


def ceiling(ratings: Sequence[Sequence[float]], band: float) -> list[dict[str, Any]]:
    """Compare each rater with the mean of the others on the same item, all ratings pooled.

    A rater is a position in an item's list: raters are anonymous, and a position need not be the
    same person throughout. Items with a single rating do not count; ``band`` is as in ``polarity``.
    Returns rows like published numbers: the correlation of one rating with the mean of the others,
    and how often its polarity is that of the mean, with intervals over the items.
    """
    ratings_of = [np.asarray(each, float) for each in ratings if len(each) > 1]
    if not ratings_of:
        return []
    items = np.repeat(np.arange(len(ratings_of)), [len(each) for each in ratings_of])
    own = np.concatenate(ratings_of)
    others = np.concatenate([(each.sum() - each) / (len(each) - 1) for each in ratings_of])
    signs, others_signs = (np.select([x <= -band, x >= band], [-1, 1]) for x in (own, others))
    resampling = Resampling(groups=items)
    agreed = np.column_stack([signs == others_signs, np.ones_like(own)])
    share = ratio_intervals(agreed, {"": lambda sums: sums[..., 0] / sums[..., 1]}, resampling)[""]
    correlation = pearson(own, others, resampling)
    what = f"{len(own):,} ratings of {len(ratings):,} items"
    alike = f"each rating against the mean of the other raters of its item; {what}"
    same_sign = f"its polarity against that of the mean of the other raters; {what}"
    rater = {"name": "one human rater", "reference": "computed here from the raters' file"}
    rows = (("correlation", correlation, alike), ("accuracy", share.capped(), same_sign))
    return [
        rater
        | {"metric": metric, "protocol": protocol, "value": each.value}
        | {"low": each.low, "high": each.high}
        for metric, each, protocol in rows
    ]


RATINGS = Reader(RatingsFields, _ratings)
