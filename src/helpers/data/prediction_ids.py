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
    "without extensions": lambda text: re.sub(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{1,4}$", "", text),
    "whatever their case and zeros": spellings.key,
    "by the name of the file alone": lambda text: text.rsplit("/", 1)[-1],
}


def matched(ids: pd.Series, items: pd.DataFrame, where: str) -> tuple[pd.Series, list[str]]:
    """Return the study's id for each of a file's ids, and what was decided in words.

    Ids that only look different are matched where exactly one item fits; those of no item are NaN.
    A UserError counts and names test items without a row, and ids with several.
    """
    test = items.loc[items["split"] == "test", "id"]
    ours = {name: items[name].astype(str) for name in ("id", "path") if name in items}
    theirs = ids
    for how, reduce in _REDUCED.items():
        theirs, ours = theirs.map(reduce), {name: each.map(reduce) for name, each in ours.items()}
        for column, values in ours.items():
            known = theirs[theirs.isin(values)]
            if values.is_unique and known.is_unique and set(values[test.index]) <= set(known):
                found = theirs.map(pd.Series(items["id"].to_numpy(), index=values))
                changed = (found.notna() & (found != ids)).any()
                said = [f"ids matched {'with paths ' * (column == 'path')}{how}"] * bool(changed)
                if extra := found.isna().sum():
                    said.append(f"{extra} ids that are none of the study's items are not used")
                return found, said
    check_ids(ids, items, where)
    raise UserError(f"{where}: ids fit several of the study's items")


def check_ids(ids: pd.Series | pd.Index, items: pd.DataFrame, where: str) -> None:
    """Check a file's ids against a study's items (id, split); UserErrors count what is wrong."""
    ids = pd.Series(ids)
    if repeated := int(ids.duplicated().sum()):
        several = ids[ids.duplicated()].unique()
        shown = names([repr(str(each)) for each in several[:3]])
        long = "; one row an item is needed, with a column score:<class> for each class"
        raise UserError(
            f"{where}: {repeated} duplicate id(s), such as {shown}"
            f"{long if 2 * len(several) >= ids.nunique() else ''}"
        )
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
