"""D1: the images themselves."""

import numpy as np

from helpers.data.checks import registry
from helpers.data.checks.registry import Facts, Found, check, rows_unlike_most, rows_where
from helpers.data.encoded import NO_FILE
from helpers.data.image.decoding import NOT_FINITE
from helpers.data.surveys.image import ImageSurvey


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
    survey = facts.surveyed(ImageSurvey)
    sizes = zip(survey.width, survey.height, strict=True)
    return rows_unlike_most(facts, np.array([f"{w}x{h}" if w else "" for w, h in sizes]))


@check("D105", "Constant images", "warning")
def constant(facts: Facts) -> Found | None:
    """Images of one colour: nothing to see, often a failed export."""
    mask = facts.surveyed(ImageSurvey).constant
    return rows_where(facts, mask, "every pixel has the same colour")
