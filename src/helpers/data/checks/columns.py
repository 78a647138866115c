"""D2, D4: columns of the source that are not used, though they look like a split or a group."""

import re

import pandas as pd

from helpers.data import split_names, tasks
from helpers.data.checks.names import NO_GROUP
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally
from helpers.data.items import RESERVED

PEOPLE = "group|patient|subject|person|participant|speaker|author|user|writer|donor|session|case"
PEOPLE += "|client|customer|study|animal"
GROUP = re.compile(rf"({PEOPLE})s?( ?(ids?|uid|nr|no|num|number|names?|code|key|hash))?")
SPLIT = re.compile(r"((data ?set|data|original) )?(split|partition)|(is|in) ?(train|test|val)\w*")
IN_PATHS = "the name of a folder in paths, at level"
MOST_SPLITS = 10
FEWEST_GROUPS, MOST_GROUPS = 10, 0.8  # values, and values for each row that has one


@check("D216", "A column that looks like a split", "warning")
def unused_split(facts: Facts) -> Found | None:
    """Find a published split in a column called otherwise, or in paths: ours replaces it."""
    items = facts.items
    folders = items.frame["path"].astype(str).str.split("/").str[:-1]
    told = {name: items.frame[name] for name in _others(facts)}
    told |= {f"{IN_PATHS} {n + 1}": folders.str[n] for n in range(int(folders.str.len().max()))}
    for name, column in () if "split" in items.frame else told.items():
        values, named = column.dropna().astype(str), SPLIT.fullmatch(_words(name))
        if not 2 <= values.nunique() <= MOST_SPLITS:
            continue
        ours = split_names.kinds(values.unique(), short=named is not None)
        known = len(ours) == values.nunique() and len({*ours.values()}) > 1
        if named or (known and "train" in ours.values()):
            cure, what = "name its sides train and test", f"column {name!r}"
            if name not in items.frame:
                cure, what = "write train or test in a column split", name
            elif known:
                cure = f"set `split: {name}` beside the file"
            what += " looks like a split of the source, which is not used"
            words = f"{what[0].upper()}{what[1:]}: the scores are not for that split; {cure}."
            return Found(len(values), f"{what}: {tally(values)}; {cure}", consequence=words)
    return None


@check("D416", "A column that may name groups", "warning", needs=("split",))
def unused_groups(facts: Facts) -> Found | None:
    """Find columns such as patient_id whose values lie in the test and outside it."""
    named = [name for name in _others(facts) if GROUP.fullmatch(_words(name))]
    for name in () if "group" in facts.frame else named:
        values = facts.items.frame[name].astype("string")
        values = values.mask(values.str.lower().isin(NO_GROUP))
        enough = FEWEST_GROUPS <= values.nunique() < MOST_GROUPS * values.count()
        tested = pd.Series((facts.frame["split"] == "test").to_numpy(), values.index)
        crossing = tested.groupby(values).transform("nunique") > 1
        if enough and crossing.any():
            what = f"column {name!r} repeats values and may name groups in the test and outside it"
            cure = f"if so, set data: {{split: {{group: {name}}}}}"
            words = f"{what[0].upper()}{what[1:]}: {cure}, or expect lower scores on new groups."
            return rows_where(facts, crossing, f"{what}; {cure}", words)
    return None


def _others(facts: Facts) -> list[str]:
    """Name the columns of the source that mean nothing to the task."""
    used = (*RESERVED, *tasks.get(facts.items.task).columns)
    return [str(name) for name in facts.items.frame.columns if name not in used]


def _words(name: str) -> str:
    """Write patientID and Patient_Id as ``patient id``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", name)
    return apart.casefold().strip()
