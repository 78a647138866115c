"""Ratings of the same items by several people: how well one person agrees with the others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

ROUNDING = 0.01  # means were published with two decimals or more


def polarity(means: Sequence[float], band: float, names: Sequence[str]) -> list[str]:
    """Name ratings below, within and above a band around 0; its ends are outside."""
    below, within, above = names
    return [below if mean <= -band else above if mean >= band else within for mean in means]


def differing(means: Sequence[float], ratings: Sequence[Sequence[float]]) -> int:
    """Count the items whose published mean is not that of their ratings, beyond rounding."""
    pairs = zip(means, ratings, strict=True)
    return sum(bool(each) and abs(float(np.mean(each)) - mean) > ROUNDING for mean, each in pairs)


def ceiling(ratings: Sequence[Sequence[float]], band: float) -> list[dict[str, Any]]:
    """Compare each rater with the mean of the others on the same item, all ratings pooled.

    A rater is a position in an item's list: raters are anonymous, and a position need not be the
    same person throughout. Items with a single rating do not count; ``band`` is as in ``polarity``.
    Returns rows like published numbers: the correlation of one rating with the mean of the others,
    and how often its polarity is that of the mean.
    """
    ratings_of = [np.asarray(each, float) for each in ratings if len(each) > 1]
    if not ratings_of:
        return []
    own = np.concatenate(ratings_of)
    others = np.concatenate([(each.sum() - each) / (len(each) - 1) for each in ratings_of])
    signs, others_signs = (np.select([x <= -band, x >= band], [-1, 1]) for x in (own, others))
    what = f"{len(own):,} ratings of {len(ratings):,} items"
    pearson = f"each rating against the mean of the other raters of its item; {what}"
    same_sign = f"its polarity against that of the mean of the other raters; {what}"
    rows = (
        ("correlation", np.corrcoef(own, others)[0, 1], pearson),
        ("accuracy", np.mean(signs == others_signs), same_sign),
    )
    rater = {"name": "one human rater", "reference": "computed here from the raters' file"}
    return [{**rater, "metric": m, "value": float(v), "protocol": text} for m, v, text in rows]
