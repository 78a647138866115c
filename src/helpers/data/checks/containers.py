"""D2: whether the way items are stored gives their labels away."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.data import near_duplicates
from helpers.data.checks.registry import Facts, Found, check, tally

TELLS = 0.25  # share of the errors of naming the largest class that a rule must avoid
GIVEN_AWAY = 0.75  # the same for one class against all others
SURE = 3.0  # standard deviations by which the rule must beat the largest class


class Rule(NamedTuple):
    """How well one attribute predicts the class, or one class among all others."""

    gain: int  # how many more are right than by always naming the largest
    right: int
    items: int
    attribute: str
    what: str
    detail: str


@check("D206", "Labels that the container gives away", "warning")
def given_away(facts: Facts) -> Found | None:
    """Size, format, mode, rate or encoding alone predicts the class: a model can learn that."""
    labelled = facts.usable & facts.frame["label"].notna().to_numpy()
    family = facts.survey.near
    if "group" in facts.frame.columns:
        group = facts.frame["group"].astype(str).mask(facts.frame["group"].isna(), "")
        family = near_duplicates.merge_groups(family, near_duplicates.families(group.to_numpy()))
    rules = []
    for attribute, value in facts.survey.containers.items():
        columns = {"label": facts.frame["label"].astype(str), "value": value, "family": family}
        if rule := learnt(attribute, pd.DataFrame(columns)[labelled]):
            rules.append(rule)
    if not rules:
        return None
    rules.sort(reverse=True)
    best = rules[0]
    once = "" if best.items == labelled.sum() else " (a family or group counted once)"
    score = (
        f"right on {best.right:,} of {best.items:,} {facts.modality.MANY}{once}, where always "
        f"naming the largest is right on {best.right - best.gain:,}"
    )
    words = f"rule learnt on {best.attribute} alone predicts {best.what}: {score}"
    also = "".join(f"; likewise {each.attribute}" for each in rules[1:])
    return Found(
        best.gain,
        f"a {words}; {best.detail}{also}",
        consequence=f"A {words}. A model may have learnt it too: expect lower scores where all are "
        "stored alike.",
    )


def learnt(attribute: str, frame: pd.DataFrame) -> Rule | None:
    """Name the most frequent class of each value, among all other items, and count what is right.

    ``frame`` has the columns label, value and family; equal values within a family count once, so
    that no copy tells of another. A value that no other item has says nothing.
    """
    frame = frame.drop_duplicates().reset_index(drop=True)
    table = pd.crosstab(frame["value"], frame["label"])
    if min(table.shape) < 2:
        return None
    rows = table.index.get_indexer(frame["value"])
    own = table.columns.get_indexer(frame["label"])
    others, items = table.to_numpy()[rows], len(frame)
    others[np.arange(items), own] -= 1
    totals = table.to_numpy().sum(axis=0)
    said = np.where(others.any(axis=1), others.argmax(axis=1), totals.argmax())
    detail = tally(pd.Series(frame["value"] + " is " + table.columns.to_numpy()[said]))
    if rule := _better(int((said == own).sum()), int(totals.max()), items, TELLS):
        return Rule(*rule, items, attribute, "the class", detail)
    for name in np.argsort(-totals, kind="stable"):
        right = int(((said == name) == (own == name)).sum())
        if rule := _better(right, int(max(totals[name], items - totals[name])), items, GIVEN_AWAY):
            return Rule(*rule, items, attribute, f"the class {table.columns[name]}", detail)
    return None


def _better(right: int, always: int, items: int, share: float) -> tuple[int, int] | None:
    """Return the gain and what is right, if chance does not explain it and it is large."""
    wrong = items - always
    enough = max(SURE * np.sqrt(always * wrong / items), share * wrong)
    return (right - always, right) if right - always >= enough and wrong else None
