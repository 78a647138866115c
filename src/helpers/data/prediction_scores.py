"""The scores of a predictions file: their columns, and whether they are probabilities."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, spellings
from helpers.core.errors import UserError
from helpers.core.formatting import listed

TOLERANCE = 1e-3  # how far the scores of an item may be from a sum of 1, unless they are rounded
COARSE = 0.02  # the same for all items if they are near 1 on average too: bfloat16, 8 bits
LEAST = 0.5  # a sum below this is no rounding, whatever the number of classes
_WORDS = "scores?|logits?|prob(?:a|s|abilit(?:y|ies))?|p|conf(?:idence)?|softmax|pred"
_STYLE = re.compile(rf"((?:{_WORDS})[\s:_./|-]+)(.+)", re.IGNORECASE)


def named(names: Iterable[str], classes: tuple[str, ...]) -> list[str]:
    """Write names as the class that alone looks like them; other names stay as they are."""
    keys = pd.Series(classes, index=[spellings.key(name) for name in classes], dtype=object)
    alone, names = keys[~keys.index.duplicated(keep=False)], list(names)
    others = {name: alone.get(spellings.key(name), name) for name in set(names) - set(classes)}
    return [others.get(name, name) for name in names]


def columns_of(names: Iterable[object], classes: tuple[str, ...], where: str) -> list[str]:
    """Find the columns with a score of each class, in their order; none if there are no scores.

    They are called ``score:<class>``, by another such word, or as the classes are. A UserError
    names classes without a score, scores of no class, and two columns for one class.
    """
    styles = {"": {name: name for name in map(str, names)}}
    for name in styles[""]:
        if found := _STYLE.fullmatch(name):
            styles.setdefault(found[1].lower(), {})[named([found[2]], classes)[0]] = name
    own, needed = columns.scores([""])[0], set(classes)
    whole = [
        style
        for style, found in styles.items()
        if needed == set(found) or (needed < set(found) and style != own)
    ]
    if len(whole) > 1:  # logits, or answers by class, beside the probabilities
        whole = [style for style in whole if style and not style.startswith("logit")]
    if len(whole) > 1:
        raise UserError(f"{where}: two columns for a class: {listed(map(repr, whole))}")
    if whole:
        return [styles[whole[0]][name] for name in classes]
    del styles[""]
    for style, named_so in styles.items():
        numbered = len(named_so) == len(classes) and all(map(str.isdigit, named_so))
        if style == own or numbered or needed & set(named_so):
            odd = sorted(needed ^ set(named_so))
            raise UserError(
                f"{where}: score columns: {len(named_so)} present, {len(classes)} needed, one per "
                f"class ({columns.scores(classes)[0]}, ...); not in both: {listed(odd)}"
            )
    return []


def probabilities(
    scores: NDArray[np.float64], where: str, ids: pd.Index | None = None
) -> NDArray[np.float64]:
    """Scale scores [N, K] to sum to exactly 1; a UserError says what they seem to be instead."""
    wrong = ~_sum_to_one(scores)
    if wrong.any() and not coarse(scores):
        few = wrong.mean() < 0.5 and len(scores) > 2
        such = "" if ids is None else f", such as those of {ids[wrong][0]!r}"
        raise UserError(
            f"{where}: scores of {int(wrong.sum())} of {len(scores)} items are not probabilities "
            f"(numbers from 0 that sum to 1){such}: {_kind(scores[wrong], few)}"
        )
    scores = scores.clip(0)
    return scores / scores.sum(axis=1, keepdims=True)


def coarse(scores: NDArray[np.float64]) -> bool:
    """Tell whether scores are probabilities stored with so few digits that no sum is exact."""
    off = abs(scores.sum(axis=1) - 1)
    near = (scores >= -1e-6).all() and (off <= COARSE).all() and off.mean() <= COARSE / 2
    return bool(near and not _sum_to_one(scores).all())


def decimals(scores: NDArray[np.float64]) -> int | None:
    """Count the decimals that scores are rounded to; None if they are not."""
    finite = scores[np.isfinite(scores)]
    return next((d for d in range(7) if (abs(finite.round(d) - finite) < 1e-7).all()), None)


def _sum_to_one(scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which rows may be probabilities, as far as their decimals allow."""
    sums = scores.sum(axis=1)
    fits = np.isfinite(sums) & (scores >= -1e-6).all(axis=1)
    if (abs(sums - 1) <= TOLERANCE).all():
        return fits
    places = decimals(scores)
    half = 0.5 * 10.0**-places if places else 0  # what rounding adds to or takes from a score
    above = np.maximum(TOLERANCE, half * (scores > 0).sum(axis=1) + 1e-6)
    below = max(TOLERANCE, min(half * scores.shape[1] + 1e-6, LEAST))
    return fits & (sums - 1 <= above) & (1 - sums <= below)


def _kind(scores: NDArray[np.float64], few: bool) -> str:
    """Say what scores are that are no probabilities, and what to do; a few rows are of no kind."""
    sums, positive = scores.sum(axis=1), (scores >= 0).all()
    between = f"sums between {sums.min():.3g} and {sums.max():.3g}"
    with np.errstate(over="ignore"):
        for factor, cure in ((1, "exp"), (np.log(2), "2 ** score"), (np.log(10), "10 ** score")):
            logs = scores * factor
            for sign, change in ((1, ""), (-1, "change their sign, then ")):
                if (sign * logs <= 1e-6).all() and _sum_to_one(np.exp(sign * logs)).all():
                    return f"they are log-probabilities: {change}apply {cure}"
    if not np.isfinite(scores).all():
        return "some are missing, infinite or no numbers (decimals need a point)"
    if few:
        return between + ", some below 0" * (not positive)
    if _sum_to_one(scores / 100).all():
        return "they are percent: divide by 100"
    if positive and (scores <= 1).all():
        if (sums <= 1 + TOLERANCE).all() and (scores == 0).any(axis=1).all():
            return f"{between}, some 0 in each: scores of some classes are missing; give them all"
        cure = "give the softmax of the logits, or divide the scores of an item by their sum"
        return f"{between}, as of a sigmoid for each class: {cure}, or leave them out"
    if positive and np.ptp(sums) < TOLERANCE:
        return f"they all sum to {sums[0]:g}, as votes do: divide by it"
    return "they look like logits: apply softmax (or leave the scores out)"
