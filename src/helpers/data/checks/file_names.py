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
    r"([^/]*\d)[ _-]?[A-Za-z]+(?:\.\w+)?$",  # p07 of p07_L, if of one class with p07_R
)
FIELD = r"(?:^|/)(?:[^/_-]+[_-]+){%d}([^/_.-]+)[^/]*$"  # such as 12 of 03-01-06-12
DATE = r"(?<!\d)(?:(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d|[0-3]\d[-_.][01]\d[-_.](?:19|20)\d\d)"
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
MASK = r"(?:[ _.-]+(?:masks?|seg|segmentation|labels?|gt|annotations?)"
MASK += r"|(?-i:(?<=[a-z\d])(?:Masks?|Seg|Segmentation|Labels?|GT|Annotations?)))[ _-]?(\d*)$"
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
    whole, there = labels + "/" + base, labels + "/" + names
    numbered = labels + "/" + names.str.replace(MASK, r"\1", regex=True, case=False)
    beside = (base != names) & whole.isin(there)
    beside |= (numbered != there) & numbered.isin(there)  # imgMask3 may belong to img3
    beside |= inside & whole.isin(whole[~inside])
    apart = called.copy()
    apart &= base.isin(base[~apart]) & ~labels.isin(labels[apart & ~base.isin(base[~apart])])
    if not labels[~called].str.fullmatch(IMAGES, case=False).any():
        apart &= _flat(facts, apart)
    found = beside | apart
    example = "".join(frame["id"][found].head(1))
    detail = f"masks of other images by their names, such as {example}: move them out of the data"
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
    whole = labels + "/" + plain
    numbered = whole.isin(there) & (plain != base) & ~plain.str.fullmatch(SERIES)
    numbered &= whole.map(whole.value_counts()) <= 1 + MOST
    base = plain.where(numbered, base)
    family = labels + "/" + base
    made = (base != names).groupby(family).transform("any")
    crossing = made & (facts.frame["split"].groupby(family).transform("nunique") > 1)
    endings = f"{COPY}(?:{NUMBERED})?|{NUMBERED}" if numbered.any() else COPY
    cure = _cure(rf"(?i)(?:^|/)(?:copy of )?([^/]+?)(?:{endings})?(?:\.[a-z]\w{{0,4}})?$")
    example = " and ".join(facts.frame["id"][family.isin(family[crossing].head(1))].head(2))
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
    apart = names.duplicated().mean() > 0.05  # numbered in each folder
    dated = int(names.str.match(DATE).mean() > 0.5)  # a part of a date is no family
    for pattern in (*FAMILIES[dated:1], *_field(names, labels), *FAMILIES[1:]):
        family = names.str.extract(pattern, expand=False)
        sides = pattern == FAMILIES[-1]
        own = labels + "/" + family if apart or sides else family
        count, most = family.nunique(), family.value_counts().max()
        several = (own.map(own.value_counts()) > 1).mean() > (0.5 if sides else 0.8)
        if several and most < len(names) / 2 and count >= FEWEST and count > labels.nunique():
            return pattern, family
    return None


def _field(names: pd.Series, labels: pd.Series) -> list[str]:
    """Find the first numbered field with many values: if each is in several classes, repeatedly."""
    fields = names.str.split(r"[_-]+", expand=True)
    many = fields.nunique().gt(max(FEWEST - 1, labels.nunique())).to_numpy()
    if not many.any() or names.str.contains(DATE).mean() > 0.5:
        return []
    field = fields[place := int(many.argmax())]
    own, numbered = labels + "/" + field, field.str.contains(r"\d").mean() > 0.8
    repeated = (own.map(own.value_counts()) > 1).mean() > 0.5
    crossing = (labels.groupby(field).nunique() > 1).mean() > 0.5
    return [FIELD % place] if numbered and repeated and crossing else []
