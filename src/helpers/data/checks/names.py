"""D2: names of classes and groups that may not mean what they say."""

import re
from dataclasses import replace

import pandas as pd

from helpers.core import spellings
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally

MISSING = {"na", "n/a", "#n/a", "<na>", "nan", "null", "nil", "none", "-", "--", "?", "(blank)"}
MISSING |= {"undefined", "unlabeled", "unlabelled", "not labeled", "not labelled", "unsup", "tbd"}
MISSING |= {"#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!"}  # of spreadsheets
NO_GROUP = {*MISSING, "unknown", "unk", "missing", "-1"}
MANY = 20  # whole numbers: more of them than this are rarely classes
NO_NAMES = ["id", "path", "label", "reference", "sound", "split"]
JOINT = re.compile(r"[|;,/+&]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@check("D211", "Labels in several spellings", "warning")
def labels_alike(facts: Facts) -> Found | None:
    """Find labels that differ by case, width, blanks, unseen characters or the form of a number."""
    labels = facts.labelled["label"]
    clusters = spellings.alike(labels)
    rare = {name for cluster in clusters for name in list(cluster)[1:]}
    detail = spellings.listed(clusters)
    cure = "if they mean the same, set data: {labels: {merge: alike}} (or {merge: {old: new}})"
    found = _labels_where(facts, labels.isin(rare), f"look alike: {detail}; {cure}")
    words = f"Labels that look alike count as different classes: {detail}; {cure}."
    return found and replace(found, count=len(clusters), consequence=words)


@check("D212", "Groups or other columns in several spellings", "warning")
def columns_alike(facts: Facts) -> Found | None:
    """Find groups that look alike, and values of columns that slices may go by."""
    count, details = 0, []
    for name, column in facts.frame.drop(columns=NO_NAMES, errors="ignore").items():
        few = name in ("group", "speaker") or 2 * column.nunique() <= len(column)
        if few and (clusters := spellings.alike(column)):
            count += len(clusters)
            details.append(f"{name}: {spellings.listed(clusters, 3)}")
    detail, cure = "; ".join(details), "if they mean the same, write them alike"
    if any(each.startswith(("group: ", "speaker: ")) for each in details):
        cure = "if they mean the same, set data: {groups: {merge: alike}}"
    words = f"Values that look alike count as different groups and slices: {detail}; {cure}."
    return Found(count, f"look alike: {detail}; {cure}", consequence=words) if count else None


@check("D213", "Labels that may stand for none", "note")
def labels_for_none(facts: Facts) -> Found | None:
    """Find names such as NA, which are classes here; among codes of two letters it is Namibia."""
    labels = facts.labelled["label"]
    odd = labels.str.lower().isin(MISSING)
    codes = [len(name) == 2 and name.isupper() for name in labels[~odd].dropna().unique()]
    if codes and sum(codes) >= len(codes) / 2:
        odd &= labels != "NA"
    if "+" in set(labels):  # negative, then
        odd &= labels != "-"
    words = f"taken for classes; an empty cell is no label: {tally(labels[odd])}"
    return _labels_where(facts, odd, words)


@check("D417", "Groups that may stand for none", "warning", needs=("split", "group"))
def groups_for_none(facts: Facts) -> Found | None:
    """Find groups such as unknown, which tie items that have nothing in common."""
    groups = facts.frame["group"].astype("string")
    odd = groups.str.lower().isin(NO_GROUP) & groups.duplicated(keep=False)
    what = f"items are tied together by a group that may stand for none: {tally(groups[odd])}"
    detail = f"{what}; leave the cell empty where there is no group"
    return rows_where(facts, odd, detail, f"{odd.sum():,} {detail}.")


@check("D418", "Items without a group", "note", needs=("split", "group"))
def without_group(facts: Facts) -> Found | None:
    """Count items without a group where others have one: nothing ties these."""
    alone = facts.frame["group"].isna()
    detail = f"of {len(alone):,} {facts.modality.MANY} have no group, so each counts as independent"
    consequence = f"{alone.sum():,} {detail}: name their groups if some belong together."
    return rows_where(facts, alone, detail, consequence)


@check("D215", "Labels that join others", "warning")
def joined(facts: Facts) -> Found | None:
    """Find names such as cat|dog beside cat and dog: several labels of an item in one cell."""
    labels = facts.labelled["label"]
    names = set(labels.dropna())
    parts = {name: {part.strip() for part in JOINT.split(name)} for name in names}
    joint = labels.isin([name for name, each in parts.items() if len(each) > 1 and each <= names])
    words = f"taken for classes of their own: {tally(labels[joint])}"
    found = _labels_where(facts, joint, words)
    return found and replace(found, consequence=f"Labels that join others are {words}.")


@check("D214", "Numbers as labels", "warning")
def numbers(facts: Facts) -> Found | None:
    """Find classes that look like amounts: their order and distances count for nothing."""
    names = facts.labelled["label"].dropna().unique()
    if not len(names) or not all(map(NUMBER.fullmatch, names)):
        return None
    values = pd.Series(names).str.replace(",", ".").astype(float).sort_values()
    whole = values == values.round()
    codes = whole.all() and values.iloc[0] in (0, 1) and (values.diff().dropna() == 1).all()
    if codes or (len(names) <= MANY and (~whole).sum() < 3):
        return None
    words = f"The labels are {len(names)} numbers, taken as names of classes without an order"
    return Found(len(names), f"{words}; an amount needs classes", consequence=f"{words}.")


def _labels_where(facts: Facts, mask: pd.Series, detail: str) -> Found | None:
    """Report the items that have some labels, or nothing where none has."""
    ids = facts.labelled["id"][mask].unique().tolist()
    return Found(int(mask.sum()), detail, ids) if ids else None
