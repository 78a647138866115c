"""D3, D4: what the names of items tell: families, copies, masks."""

import pandas as pd

from helpers.core.formatting import counted
from helpers.data.checks.registry import Facts, Found, check, rows_where

ENDING = r"\.[A-Za-z]\w{0,4}$"
FAMILIES = (  # the part of a name that tells the family, the widest first; a number follows
    r"([^/]+?)[_-](?=[^/]*\d)[^/]*$",  # p07 of p07_left_s03
    r"([^/]+)[_-](?=[^/]*\d)[^/]*$",  # p07_left of p07_left_s03
    r"([^/]*?\d)[A-Za-z]+\d[^/]*$",  # p07 of p07s03
)
FEWEST = 6  # families from which names are taken to tell patients or scenes, and not sources
COPIES = r"copy|kopie|copie|copia|aug|[hv]?flip|mirror|rot|crop|nois|blur|jitter|zoom|shear|pitch"
COPY = rf"(?:[ _.-]+(?:(?:{COPIES})(?:[a-z]*|[_-][hv])[ _-]?\(?-?\d*\)?|rf\.[0-9a-f]{{8,}}))+$"
NUMBERED = r" ?\(\d+\)$"  # img (1).png is a copy where there is img.png
MASK = r"[ _.-]+(?:masks?|seg|segmentation|labels?|gt|annotations?)[ _-]?\d*$"
MASKS = r"(?:.*[ _-])?(?:masks?|labels?|gt|ground.?truth|annotations?|segmentations?)"


@check("D306", "Masks among the images", "warning")
def masks(facts: Facts) -> Found | None:
    """Find masks or annotations by their names, beside an image or in a class of their own."""
    frame, names = facts.frame, _names(facts)
    if facts.modality.ONE != "image":
        return None
    labels = frame["label"].fillna("")
    own = names.str.fullmatch(rf".*{MASK}", case=False)
    base = names.str.replace(MASK, "", regex=True, case=False)
    beside = own & (labels + "/" + base).isin(labels + "/" + names)
    apart = labels.str.fullmatch(MASKS, case=False)
    apart &= base.isin(base[~apart]) & ~labels.isin(labels[apart & ~base.isin(base[~apart])])
    found = beside | apart
    example = f"such as {frame['id'][found].iloc[0]}" if found.any() else ""
    detail = f"masks of other images by their names, {example}: move them out of the data"
    consequence = f"{counted(int(found.sum()), 'image')} are masks of others by their names: "
    consequence += "the scores are for images and masks together."
    said = rows_where(facts, found, detail)
    return said and Found(said.count, said.detail, said.ids, consequence)


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
    detail = f"{what}; if one is a patient, a scene or a recording, {_cure(pattern)}"
    consequence = (
        f"Items fall into {what}, and lie in several splits: "
        "if these are patients or scenes, expect lower scores on new ones."
    )
    said = rows_where(facts, crossing, detail)
    return said and Found(said.count, said.detail, said.ids, consequence)


@check("D414", "Copies by name across splits", "warning", needs=("split",))
def copies(facts: Facts) -> Found | None:
    """Names such as x (1), x - Copy, x_aug3 or x_flip beside x: made from one item."""
    names, labels = _names(facts), facts.frame["label"].fillna("")
    base = names.str.replace(rf"(?i){COPY}", "", regex=True)
    base = base.str.replace(r"(?i)^copy of ", "", regex=True)
    plain = base.str.replace(NUMBERED, "", regex=True)
    base = plain.where((labels + "/" + plain).isin(labels + "/" + names), base)
    family = labels + "/" + base
    made = (base != names).groupby(family).transform("any")
    crossing = made & (facts.frame["split"].groupby(family).transform("nunique") > 1)
    endings = r"[ _.-]+(?:\(|copy|aug|flip|rot|rf\.)"
    cure = _cure(rf"(?i)([^/]+?)(?:{endings}[^/]*|\.[^/.]*)?$")
    example = (
        " and ".join(facts.frame["id"][family == family[crossing].iloc[0]].head(2))
        if (crossing.any())
        else ""
    )
    detail = f"such as {example}; in a split drawn here, {cure}, with the endings of your copies"
    consequence = "Copies by name are in several splits: the test may be easier than new data."
    said = rows_where(facts, crossing, detail)
    return said and Found(said.count, said.detail, said.ids, consequence)


def _cure(pattern: str) -> str:
    return f"set data: {{split: {{group: '{pattern}'}}}}"


def _names(facts: Facts) -> pd.Series:
    """Give each item's name, without folder and ending: of its id, or its path if that is told."""
    ids = facts.frame["id"].astype(str)
    told = ids if not ids.str.fullmatch(r"\d+").all() else facts.frame["path"].astype(str)
    return told.str.rpartition("/")[2].str.replace(ENDING, "", regex=True)


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
