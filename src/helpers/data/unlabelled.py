"""Items without labels from elsewhere, apart from those that a study is judged by."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.catalogue import entries
from helpers.core.errors import UserError
from helpers.data import checks, other_sources, sources
from helpers.data.dataset import Dataset
from helpers.data.items import Items
from helpers.data.surveys.base import Survey
from helpers.data.surveys.image import ImageSurvey

FEW_PIXELS = 64  # sides below which a scaled copy is often not found: its thumbnail is another


class Apart(NamedTuple):
    """Items to learn from; how many are left out, as copies and as unreadable.

    Of those that are left, ``scaled`` are so small that they may be scaled copies.
    """

    items: Items
    copies: int
    unreadable: int
    scaled: int = 0


def load(source: str | dict[str, Any], task: str) -> Items:
    """Find the items of a source, all files of a folder or rows of a table; labels are not read.

    A data set of the catalogue may be of another task. Raises UserError, in one line: nothing
    there, a missing column, a link out of the folder.
    """
    own = entries.data(source).task if isinstance(source, str) else task
    found = sources.load(source, own, labelled=isinstance(source, str))
    return replace(found, frame=found.frame.assign(label=None), boxes=None, task=task)


def apart(items: Items, dataset: Dataset) -> Apart:
    """Leave out what cannot be read, and each copy, exact or near, of an item not in train.

    Items of other sources that the study is tested on count as such, turned and mirrored images as
    copies. All are looked at in one pass.
    """
    count, raws = len(items.frame), _judged(dataset)
    names = [f"{number}" for number in range(count + len(raws))]
    both = replace(
        items,
        frame=pd.DataFrame({"id": names, "label": None, "path": names}),
        raw=lambda row: items.raw(row) if row < count else raws[row - count](),
        decoding=items.decoding or dataset.items.decoding,
        equal=None,
        original=0,
    )
    facts = checks.survey(both)
    readable = facts.reason[:count] == ""
    copies = np.isin(facts.near[:count], facts.near[count:]) & readable
    left = replace(items, decoding=facts.decoding or both.decoding)
    if not (readable & ~copies).any():
        why = f"{copies.sum():,} are copies of items that it is judged by, others cannot be read"
        raise UserError(f"{items.name}: none of {count:,} {items.modality.MANY} is left: {why}")
    rows = np.flatnonzero(readable & ~copies)
    counts = int(copies.sum()), int((~readable).sum()), int(_scaled(facts, count)[rows].sum())
    return Apart(left.take(rows), *counts)


def _scaled(facts: Survey, count: int) -> np.ndarray:
    """Tell which of the first ``count`` images have a size that none of the others has.

    Only where so few pixels are that a copy of another size would not be found.
    """
    if not isinstance(facts, ImageSurvey):
        return np.zeros(count, bool)
    small = np.minimum(facts.width, facts.height) < FEW_PIXELS
    other = ~np.isin(facts.sizes[:count], facts.sizes[count:])
    return np.asarray(other & (small[:count] | small[count:].any()))


def _judged(dataset: Dataset) -> list[Callable[[], Any]]:
    """List what reads each item that the study is judged by, those of other sources included."""
    found = list[Callable[[], Any]]()
    for each in (dataset, *other_sources.others(dataset.study).values()):
        rows = np.flatnonzero(each.frame["split"].to_numpy() != "train").tolist()
        found += [partial(each.items.raw, row) for row in rows]
    return found
