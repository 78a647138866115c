"""D3, D4: what the names of items tell: families, copies, masks."""

import numpy as np
import pandas as pd

from helpers.core.formatting import counted
from helpers.data.checks.registry import Facts, Found, check, rows_where

ENDING = r"\.[A-Za-z]\w{0,4}$"
FAMILIES = (  # the part of a name that tells the family, the widest first; a number follows
    r"([^/]+?)[_-](?=[^/]*\d)[^/]*$",  # p07 of p07_left_s03
    r"([^/]+)[_-](?=[^/]*\d)[^/]*$",  # p07_left of p07_left_s03
    r"([^/]*?\d)[A-Za-z]+\d[^/]*$",  # p07 of p07s03
)
FLAT = 16  # levels of masks, with what JPEG makes of them
FEWEST = 6  # families from which names are taken to tell patients or scenes, and not sources
DOUBLES = r"copy|kopie|copie|copia"
CHANGES = r"aug|[hv]?flip|mirror|rot|crop|nois|blur|jitter|zoom|shear|pitch"
TAIL = r"(?:[a-z]*|[_-][hv])[ _-]?\(?-?\d*\)?"
EXPORT = r"[ _.-]+rf\.[0-9a-f]{8,}"  # of a program that exports copies without the original
COPY = rf"(?:(?:[ _.-]+(?:{DOUBLES})|(?<! )[_.-](?:{CHANGES})){TAIL}|{EXPORT})+"
NUMBERED = r" ?\(\d+\)"  # img (1).png is a copy where there is img.png
SERIES = r"(?i)download|images?|unnamed|index|photo|picture|file"  # what browsers number
MOST = 5  # numbered copies of one original; more are a series
MASK = r"[ _.-]+(?:masks?|seg|segmentation|labels?|gt|annotations?)[ _-]?\d*$"
MASK_OF = r"^(?:masks?|seg|segmentation|gt)[ _-]+"
MASKS = r"(?:[^/]*[ _-])?(?:masks?|labels?|gt|ground.?truth|annotations?|segmentations?)"
IMAGES = r"(?:[^/]*[ _-])?(?:images?|imgs?|photos?|pictures?|originals?|frames)"


@check("D306", "Masks among the images", "warning")
def masks(facts: Facts) -> Found | None:
    """Find masks or annotations by their names, beside an image or in a class of their own."""
    frame, names = facts.frame, _names(facts)
    if facts.modality.ONE != "image":
        return None
    labels = frame["label"].fillna("")
    base = names.str.replace(rf"{MASK}|{MASK_OF}", "", regex=True, case=False)
    called = labels.str.fullmatch(MASKS, case=False)
    inside = ~called & _told(facts).str.contains(rf"(?:^|/){MASKS}/", case=False)
    whole = labels + "/" + base
    beside = (base != names) & whole.isin(labels + "/" + names)
    beside |= inside & whole.isin(whole[~inside])
    apart = called.copy()
    apart &= base.isin(base[~apart]) & ~labels.isin(labels[apart & ~base.isin(base[~apart])])
    if not labels[~called].str.fullmatch(IMAGES, case=False).any():
        apart &= _flat(facts, apart)
    found = beside | apart
    example = f"such as {frame['id'][found].iloc[0]}" if found.any() else ""
    detail = f"masks of other images by their names, {example}: move them out of the data"
    many = counted(int(found.sum()), "image is a mask", "images are masks")
    consequence = f"By name, {many} of others: the scores are for images and masks together."
    return rows_where(facts, found, detail, consequence)


@check("D413", "Names in families across splits", "warning", needs=("split",))
def families(facts: Facts) -> Found | None:
    """Names such as p07_s03, several of each p07: perhaps one patient, in several splits."""
    if "group" in facts.frame.columns or (found := _families(facts)) is None:
        return None
    pattern, family = found
    crossing = facts.frame["split"].groupby(family).transform("nunique") > 1
    sizes = family.value_counts().sort_index()
    listed = ", ".join(f"{name} ({size})" for name, size in sizes.head(3).items())
    what = f"{counted(len(sizes), 'family', 'families')} by name: {listed}"
    cure = _cure(pattern + ("|$" if family.isna().any() else ""))
    detail = f"{what}; if one is a patient, a scene or a recording, in a split drawn here, {cure}"
    consequence = (
        f"Items fall into {what}, and lie in several splits: "
        f"if these are patients or scenes, {cure}, or expect lower scores on new ones."
    )
    return rows_where(facts, crossing, detail, consequence)


@check("D414", "Copies by name across splits", "warning", needs=("split",))
def copies(facts: Facts) -> Found | None:
    """Names such as x (1), x - Copy, x_aug3 or x_flip beside x: made from one item."""
    names, labels = _names(facts), facts.frame["label"].fillna("")
    there = labels + "/" + names
    base = names.str.replace(rf"(?i)^copy of |{COPY}$", "", regex=True)
    exported = names.str.contains(rf"{EXPORT}$")
    base = base.where((labels + "/" + base).isin(there) | exported, names)
    plain = base.str.replace(rf"{NUMBERED}$", "", regex=True)
    several = (labels + "/" + plain).map((labels + "/" + plain).value_counts()) > 1 + MOST
    numbered = (labels + "/" + plain).isin(there) & (plain != base) & ~several
    numbered &= ~plain.str.fullmatch(SERIES)
    base = plain.where(numbered, base)
    family = labels + "/" + base
    made = (base != names).groupby(family).transform("any")
    crossing = made & (facts.frame["split"].groupby(family).transform("nunique") > 1)
    endings = f"{COPY}(?:{NUMBERED})?|{NUMBERED}" if numbered.any() else COPY
    cure = _cure(rf"(?i)(?:^|/)(?:copy of )?([^/]+?)(?:{endings})?(?:\.[a-z]\w{{0,4}})?$")
    example = (
        " and ".join(facts.frame["id"][family == family[crossing].iloc[0]].head(2))
        if (crossing.any())
        else ""
    )
    detail = f"such as {example}; in a split drawn here, {cure}"
    consequence = f"Copies by name are in several splits, which makes the test easier, {detail}."
    return rows_where(facts, crossing, detail, consequence)


def _cure(pattern: str) -> str:
    return f"set data: {{split: {{group: '{pattern}'}}}}"


def _names(facts: Facts) -> pd.Series:
    """Give each item's name, without folder and ending."""
    return _told(facts).str.rpartition("/")[2].str.replace(ENDING, "", regex=True)


def _told(facts: Facts) -> pd.Series:
    """Give each item's id, or its path where ids are numbers."""
    ids = facts.frame["id"].astype(str)
    return ids if not ids.str.fullmatch(r"\d+").all() else facts.frame["path"].astype(str)


def _flat(facts: Facts, mask: pd.Series) -> bool:
    """Tell whether the first of some images hold hardly more than a few levels, as masks do."""
    rows = np.flatnonzero(mask & facts.usable)[:3]
    counts = [np.bincount(facts.items.read(row).ravel(), minlength=256) for row in rows]
    return all(np.sort(each)[-FLAT:].sum() > 0.9 * each.sum() for each in counts)


def _families(facts: Facts) -> tuple[str, pd.Series] | None:
    """Find the widest pattern by which most names fall into several families, and these."""
    names, labels = _names(facts), facts.frame["label"].fillna("").astype(str)
    within = labels + "/" if names.duplicated().mean() > 0.05 else ""  # numbered in each folder
    for pattern in FAMILIES:
        family = names.str.extract(pattern, expand=False)
        size = (within + family).map((within + family).value_counts())
        count, most = family.nunique(), family.value_counts().max()
        several = (size > 1).mean() > 0.8 and most < len(names) / 2
        if several and count >= FEWEST and count > labels.nunique():
            return pattern, family
    return None
