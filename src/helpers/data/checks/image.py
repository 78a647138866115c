"""D1: the images themselves."""

from dataclasses import replace

import pandas as pd

from helpers.data.checks import registry
from helpers.data.checks.registry import Facts, Found, check, rows_unlike_most, rows_where
from helpers.data.encoded import NO_FILE
from helpers.data.image.levels import NOT_FINITE, ends
from helpers.data.surveys.image import ImageSurvey

QUARTER = 64  # of the 256 levels


@check("D101", "Unreadable or truncated images", "error")
def unreadable(facts: Facts) -> Found | None:
    """Images that no decoder can read; they are left out."""
    return registry.unreadable_rows(facts, NOT_FINITE, NO_FILE)


@check("D102", "NaN or infinite pixels", "error")
def not_finite(facts: Facts) -> Found | None:
    """Arrays with values that are not a brightness; they are left out."""
    return rows_where(facts, facts.survey.reason == NOT_FINITE, "networks return NaN for these")


@check("D103", "Mixed colour modes", "warning")
def mixed_modes(facts: Facts) -> Found | None:
    """Grey among colour, or transparency in some: a model can learn the mode for the class."""
    return rows_unlike_most(facts, facts.surveyed(ImageSurvey).mode)


@check("D104", "Mixed image sizes", "note")
def mixed_sizes(facts: Facts) -> Found | None:
    """Images that do not have the usual size; all are scaled to what a model takes."""
    return rows_unlike_most(facts, facts.surveyed(ImageSurvey).sizes)


@check("D105", "Constant images", "warning")
def constant(facts: Facts) -> Found | None:
    """Images of one colour: nothing to see, often a failed export."""
    mask = facts.surveyed(ImageSurvey).constant
    found = rows_where(facts, mask, "every pixel has the same colour")
    words = (
        f"{mask.sum():,} images of one colour count among the others: nothing tells their class."
    )
    return found and replace(found, consequence=words)


@check("D106", "Images that use little of the range of levels", "warning")
def faint(facts: Facts) -> Found | None:
    """Most images of a class are nearly black or of one grey: their range may be another."""
    survey, label = facts.surveyed(ImageSurvey), facts.frame["label"]
    mask = facts.usable & ~survey.constant & (survey.span < QUARTER)
    of_class = pd.Series(mask).groupby(label).mean()
    if not of_class.gt(0.5).any():
        return None
    which = registry.losses(label[mask].value_counts(), label[~mask].value_counts())
    said = f"{which} use less than a quarter of the levels from black to white"
    lowest, highest = ends([each for each in survey.values if each])
    black = lowest if 2 * lowest > highest else 0
    cure = f"if files use fewer (marks aside) than they can, set levels: [{black:g}, {highest:g}]"
    consequence = f"Networks expect images with all levels, but {said}; {cure}."
    return rows_where(facts, mask, f"{said}; {cure}", consequence)


@check("D107", "Colour profiles converted to sRGB", "note")
def profiles(facts: Facts) -> Found | None:
    """Find images in another colour space: the same bytes are other colours there."""
    profile = facts.surveyed(ImageSurvey).profile
    return rows_where(facts, profile != "", registry.tally(profile[profile != ""]))


@check("D108", "Damaged orientation or colour profile", "warning")
def damaged(facts: Facts) -> Found | None:
    """Find images that are decoded as if they had none: they may lie on their side."""
    damage = facts.surveyed(ImageSurvey).damage
    return rows_where(facts, damage != "", registry.tally(damage[damage != ""]))


@check("D109", "Images of several frames or pages", "warning")
def frames(facts: Facts) -> Found | None:
    """Find animations, stacks and documents: only the first frame or page is used."""
    survey = facts.surveyed(ImageSurvey)
    forms = survey.format[survey.frames > 1]
    detail = f"only the first of up to {survey.frames.max():,} is used: {registry.tally(forms)}"
    said = f"{len(forms):,} files hold several frames or pages: only the first of each is used."
    found = rows_where(facts, survey.frames > 1, detail, said)
    if found and set(forms) == {"MPO"}:  # a preview that telephones put behind a photo
        return replace(found, consequence="", severity="note")
    return found
