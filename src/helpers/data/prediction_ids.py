"""The ids of a predictions file, matched with those of a study's items."""

import re
from collections.abc import Callable

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
    "whatever their case and zeros": spellings.key,
    "by the name of the file alone": lambda text: text.rsplit("/", 1)[-1],
}


def matched(ids: pd.Series, items: pd.DataFrame, where: str) -> tuple[pd.Series, list[str]]:
    """Return the study's id for each of a file's ids, and what was decided in words.

    Ids that only look different are matched where exactly one item fits; those of no item are NaN.
    A UserError counts and names test items without a row, and ids with several.
    """
    test = items.index[items["split"] == "test"]
    ours = {name: items[name].astype(str) for name in ("id", "path") if name in items}
    theirs, folders = ids, False
    for how, reduce in _REDUCED.items():
        theirs, ours = theirs.map(reduce), {name: each.map(reduce) for name, each in ours.items()}
        folders |= how == "by the last folders"
        for column, values in ours.items():
            found = _below(theirs, set(values)) if folders else theirs
            known = found[found.isin(values)]
            one_each = len(test) and values.is_unique and known.is_unique
            if one_each and set(values[test]) <= set(known):
                found = found.map(pd.Series(items["id"].to_numpy(), index=values))
                changed = (found.notna() & (found != ids)).any()
                said = [f"ids matched {'with paths ' * (column == 'path')}{how}"] * bool(changed)
                if extra := found.isna().sum():
                    said.append(f"{extra} ids that are none of the study's items are not used")
                return found, said
    check_ids(ids, items, where)
    raise UserError(f"{where}: some ids fit several of the study's items")


def _below(ids: pd.Series, known: set[str]) -> pd.Series:
    """Leave out as few of the first folders as needed to arrive at a known id."""

    def shortened(text: str) -> str:
        parts = text.split("/")
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((end for end in ends if end in known), text)

    return ids.map(shortened)


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
