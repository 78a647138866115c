"""The ids of a predictions file, matched with those of a study's items."""

import re
from collections.abc import Callable, Iterator

import pandas as pd

from helpers.core import spellings
from helpers.core.errors import UserError, closest
from helpers.core.formatting import counted, listed
from helpers.data import tasks

# loaded by name: what images need does not depend on the code of sounds
_SUFFIXES = [each for name in ("image", "audio", "text") for each in tasks.named(name).SUFFIXES]
_SUFFIXES += [".npy", ".json"]
# only those of files: what follows another dot, as in p1.left, tells items apart
_EXTENSION = re.compile(rf"(?<=.)({'|'.join(map(re.escape, _SUFFIXES))})$", re.IGNORECASE)
_COLUMNS = ("id", "image_id", "path")  # by which a file may call an image; COCO numbers them
_Names = dict[str, pd.Series]  # by column
_REDUCED: dict[str, Callable[[str], str]] = {  # each on top of those before it
    "as they are": str,
    "without blanks, in one Unicode form": spellings.canonical,
    "with / between folders": lambda text: text.replace("\\", "/").removeprefix("./"),
    "without extensions": lambda text: _EXTENSION.sub("", text),
    "whatever their case and zeros": lambda text: (
        text.lstrip("0") or "0" if text.isdecimal() and text.isascii() else spellings.key(text)
    ),
}


def matched(ids: pd.Series, items: pd.DataFrame, where: str) -> tuple[pd.Series, list[str]]:
    """Return the study's id for each of a file's ids, and what was decided in words.

    Ids that only look different are matched where exactly one item fits; those of no item are NaN.
    A UserError counts and names test items without a row, and ids with several.
    """
    test = items["id"][items["split"] == "test"].astype(object)  # see check_ids
    names = {name: items[name].astype(str) for name in ("id", "path") if name in items}
    for how, theirs, ours in _forms(ids, names):
        for column, own in ours.items():
            item = pd.Series(items["id"].to_numpy(), own)
            if not item.index.is_unique:
                continue
            found = theirs.map(item)
            known = found.dropna()
            if known.is_unique and len(test) and test.isin(known.astype(object)).all():
                notes = []
                if (known != ids[known.index]).any():
                    notes = [f"ids matched {'with paths ' * (column == 'path')}{how}"]
                if extra := len(ids) - len(known):
                    notes.append(f"{extra} ids that are none of the data's are not used")
                return found, notes
    check_ids(ids, items, where)
    raise UserError(f"{where}: some ids fit several items of the data")


def of_images(ids: pd.Series, items: pd.DataFrame, where: str) -> tuple[pd.Series, list[str]]:
    """Return the study's id for each of a file's ids, as ``matched`` does, but of some items alone.

    An image without a row is one without a box. The form that fits the most ids decides; a
    UserError says that most ids are of no image and most test images have none, or all.
    """
    theirs, best, notes = pd.Series(ids.unique(), dtype=object), pd.Series(dtype=object), [""]
    names = {name: items[name].astype(str) for name in _COLUMNS if name in items}
    for how, reduced, ours in _forms(theirs, names):
        for column, own in ours.items():
            found = reduced.map(
                pd.Series(items["id"].to_numpy(), own)[lambda x: ~x.index.duplicated(keep=False)]
            )
            if found.notna().sum() > best.notna().sum() and found.dropna().is_unique:
                best, notes = found, [f"ids matched with {column} {how}"]
        if best.notna().all() and len(best):
            break
    best = best.reindex(theirs.index)
    test, lost = items["id"][items["split"] == "test"], theirs[best.isna()]
    known = int(best.isin(test).sum())
    if not known or (2 * len(lost) > len(theirs) and 2 * known < len(test)):
        such = (
            f", such as {lost.iloc[0]!r}{closest(lost.iloc[0], items['id'])}" if len(lost) else ""
        )
        raise UserError(
            f"{where}: ids do not match the data: {len(lost)} of {len(theirs)} images are unknown"
            f"{such}, {known} of {len(test)} test images are there: is it of "
            "another image set?"
        )
    if (best.dropna() == theirs[best.notna()]).all():
        notes = []
    if len(lost):
        notes.append(f"{counted(len(lost), 'image')} unknown to the data: not used")
    return ids.map(dict(zip(theirs, best, strict=True))), notes


def _forms(theirs: pd.Series, ours: _Names) -> Iterator[tuple[str, pd.Series, _Names]]:
    """Reduce ids more and more; of paths, first theirs lose what is above ours, then both."""
    for how, reduce in _REDUCED.items():
        theirs, ours = theirs.map(reduce), {name: each.map(reduce) for name, each in ours.items()}
        yield how, theirs, ours
    how, most = "by the end of their paths", max((text.count("/") for text in theirs), default=0)
    for cut in range(most):
        yield how, theirs.str.split("/").str[cut + 1 :].str.join("/"), ours
    for kept in range(most + 1, 0, -1):
        ends = [each.str.split("/").str[-kept:].str.join("/") for each in (theirs, *ours.values())]
        yield how, ends[0], dict(zip(ours, ends[1:], strict=True))


NEEDED = (
    "a study's `make items` writes all that it needs, of two files compared that is every item of "
    "the labels, or of their split test"
)


def check_ids(ids: pd.Series | pd.Index, items: pd.DataFrame, where: str) -> None:
    """Check a file's ids against a study's items (id, split); UserErrors count what is wrong."""
    ids = pd.Series(ids).astype(object)  # pandas looks up its own strings 20 times as slowly
    known = items["id"].astype(object)
    if repeated := int(ids.duplicated().sum()):
        shown = listed(map(repr, ids[ids.duplicated()].unique()))
        needed = "one row an item is needed"
        if "reference" not in items:
            needed += ", with a column score:<class> for each class"
        raise UserError(f"{where}: {repeated} duplicate id(s), such as {shown}: {needed}")
    unknown = ids[~ids.isin(known)]
    test = known[items["split"] == "test"]
    if not len(test):
        raise UserError(f"{where}: the test split is empty: nothing to evaluate")
    missing = test[~test.isin(ids)]
    if len(unknown) or len(missing):
        examples = [f"unknown {name!r}{closest(name, known)}" for name in unknown[:1]]
        examples += [f"missing {listed(map(repr, missing))}"] * bool(len(missing))
        drawn = "" if len(unknown) else f"; {NEEDED}"
        raise UserError(
            f"{where}: ids do not match the data: {len(missing)} of {len(test)} test items "
            f"missing, {len(unknown)} of {len(ids)} ids unknown; such as {' and '.join(examples)}"
            f"{drawn}"
        )
