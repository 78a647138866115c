"""D1: the pictures themselves."""

import numpy as np

from helpers.data import encoded
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally
from helpers.data.image import decoding


@check("D101", "Unreadable or truncated pictures", "error")
def unreadable(facts: Facts) -> Found | None:
    """Pictures that no decoder can read; they are left out."""
    reason = facts.survey.reason
    mask = (reason != "") & (reason != decoding.NOT_FINITE) & (reason != encoded.NO_FILE)
    return rows_where(facts, mask, tally(reason[mask]))


@check("D102", "NaN or infinite pixels", "error")
def not_finite(facts: Facts) -> Found | None:
    """Arrays with values that are no brightness; they are left out."""
    return rows_where(
        facts, facts.survey.reason == decoding.NOT_FINITE, "a network would answer NaN to these"
    )


@check("D103", "Mixed picture modes", "warning")
def mixed_modes(facts: Facts) -> Found | None:
    """Grey among colour, or transparency in some: a model can learn the mode for the class."""
    mode = facts.survey.mode
    usual = _most_frequent(mode[mode != ""])
    return rows_where(facts, (mode != "") & (mode != usual), tally(mode[mode != ""]))


@check("D104", "Mixed picture sizes", "note")
def mixed_sizes(facts: Facts) -> Found | None:
    """Pictures that do not have the usual size; all are scaled to what a model takes."""
    sizes = np.array(
        [
            f"{w}x{h}" if w else ""
            for w, h in zip(facts.survey.width, facts.survey.height, strict=True)
        ]
    )
    usual = _most_frequent(sizes[sizes != ""])
    return rows_where(facts, (sizes != "") & (sizes != usual), tally(sizes[sizes != ""]))


@check("D105", "Constant pictures", "warning")
def constant(facts: Facts) -> Found | None:
    """Pictures of one colour: nothing to see, often a failed export."""
    return rows_where(facts, facts.survey.constant, "every pixel has the same colour")


def _most_frequent(values: np.ndarray) -> str:
    names, counts = np.unique(values, return_counts=True)
    return str(names[counts.argmax()]) if len(names) else ""
