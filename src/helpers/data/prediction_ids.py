"""The ids of a predictions file, matched with those of a study's items."""

import re
from collections.abc import Callable, Container
from itertools import compress

import pandas as pd

from helpers.core import spellings
from helpers.core.errors import UserError, closest
from helpers.core.formatting import names

_REDUCED: dict[str, Callable[[str], str]] = {  # each on top of those before it
    "as they are": str,
    "without blanks, in one Unicode form": spellings.canonical,
    "with / between folders": lambda text: text.replace("\\", "/").removeprefix("./"),
    "by the last folders": str,
    "without extensions": lambda text: re.sub(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{1,4}$", "", text),
    "whatever their case and zeros": lambda text: (
        text.lstrip("0") or "0" if text.isdecimal() and text.isascii() else spellings.key(text)
    ),
    "by the name of the file alone": lambda text: text.rsplit("/", 1)[-1],
}


def matched(ids: pd.Series, items: pd.DataFrame, where: str) -> tuple[pd.Series, list[str]]:
    """Return the study's id for each of a file's ids, and what was decided in words.

    Ids that only look different are matched where exactly one item fits; those of no item are NaN.
    A UserError counts and names test items without a row, and ids with several.
    """
    tested, folders, theirs = (items["split"] == "test").tolist(), False, ids.tolist()
    ours = {name: items[name].astype(str).tolist() for name in ("id", "path") if name in items}
    for how, reduce in _REDUCED.items():
        folders |= how == "by the last folders"
        theirs = list(map(reduce, theirs))
        for column in ours:
            ours[column] = list(map(reduce, ours[column]))
            item = dict(zip(ours[column], items["id"].tolist(), strict=True))
            found = [_below(each, item) for each in theirs] if folders else theirs
            known, test = [each for each in found if each in item], compress(ours[column], tested)
            if len(item) < len(items) or len(set(known)) < len(known):
                continue  # several are alike
            if any(tested) and set(test) <= set(known):
                named = pd.Series([item.get(each) for each in found], ids.index, dtype=object)
                extra = int(named.isna().sum())
                said = [f"ids matched {'with paths ' * (column == 'path')}{how}"]
                said = said if any(named.notna() & (named != ids)) else []
                more = f"{extra} ids that are none of the study's items are not used"
                return named, [*said, more] if extra else said
    check_ids(ids, items, where)
    raise UserError(f"{where}: some ids fit several of the study's items")


def _below(name: str, known: Container[str]) -> str:
    """Leave out as few of the first folders as needed to arrive at a known id."""
    end = name
    while end not in known and "/" in end:
        end = end.partition("/")[2]
    return end if end in known else name


def check_ids(ids: pd.Series | pd.Index, items: pd.DataFrame, where: str) -> None:
    """Check a file's ids against a study's items (id, split); UserErrors count what is wrong."""
    ids = pd.Series(ids)
    if repeated := int(ids.duplicated().sum()):
        shown = names([repr(str(each)) for each in ids[ids.duplicated()].unique()[:3]])
        needed = "one row an item is needed, with a column score:<class> for each class"
        raise UserError(f"{where}: {repeated} duplicate id(s), such as {shown}: {needed}")
    unknown = ids[~ids.isin(items["id"])]
    test = items.loc[items["split"] == "test", "id"]
    if not len(test):
        raise UserError(f"{where}: the test split is empty: nothing to evaluate")
    missing = test[~test.isin(ids)]
    if len(unknown) or len(missing):
        examples = [f"unknown {name!r}{closest(name, items['id'])}" for name in unknown[:1]]
        examples += [f"missing {names([repr(name) for name in missing[:3]])}"] * bool(len(missing))
        raise UserError(
            f"{where}: ids do not match the study's: {len(missing)} of {len(test)} test items "
            f"missing, {len(unknown)} of {len(ids)} ids unknown; such as {' and '.join(examples)}"
        )
