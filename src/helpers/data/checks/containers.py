"""D2: whether the way items are stored gives their labels away."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.core.formatting import names
from helpers.data import near_duplicates
from helpers.data.checks.registry import Facts, Found, check, tally

# a rule is reported if it avoids this share of the errors of naming the largest class, and beats it
# by so many standard deviations: for all classes, and for one against all others
TELLS = 0.3, 4.0
GIVEN_AWAY = 0.75, 3.0


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
    frame = pd.DataFrame({"label": facts.frame["label"].astype(str), "family": family})
    learned = (
        learnt(name, frame.assign(value=np.where(value == "", "none", value))[labelled])
        for name, value in facts.survey.containers.items()
    )
    if not (rules := sorted(filter(None, learned), reverse=True)):
        return None
    best = rules[0]
    once = "" if best.items == labelled.sum() else " (a family or group counted once)"
    score = (
        f"right on {best.right:,} of {best.items:,} {facts.modality.MANY}{once}, where always "
        f"naming the largest is right on {best.right - best.gain:,}"
    )
    words = f"rule learnt on {best.attribute} alone predicts {best.what}: {score}"
    also = f"; likewise {names([each.attribute for each in rules[1:]])}" if rules[1:] else ""
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
    label, value, items = frame["label"], frame["value"], len(frame)
    totals, sizes = label.value_counts(), value.value_counts()
    if len(totals) < 2 or len(sizes) < 2:
        return None
    # the two most frequent classes of each value: the second is named where both are as frequent
    # and the item itself is of the first
    pairs = frame.groupby(["value", "label"]).size().rename("n").reset_index()
    pairs = pairs.sort_values("n", ascending=False, kind="stable")
    first = pairs.drop_duplicates("value").set_index("value")
    second = pairs[pairs.duplicated("value")].drop_duplicates("value").set_index("value")
    said = value.map(first["label"])
    even = (said == label) & (value.map(first["n"]) == value.map(second["n"]))
    said = said.mask(even, value.map(second["label"]))
    said = said.mask(value.map(sizes) == 1, totals.index[0])
    right = said == label
    wrong = label[~right].value_counts().add(said[~right].value_counts(), fill_value=0)
    tests = [("the class", right.sum(), totals.iloc[0], TELLS)]
    for name, total in totals.items():
        of_class = items - wrong.get(name, 0)
        tests.append((f"the class {name}", of_class, max(total, items - total), GIVEN_AWAY))
    for what, found, always, (share, deviations) in tests:
        missed, gain = items - always, int(found - always)
        if gain >= max(1, share * missed, deviations * np.sqrt(always * missed / items)):
            return Rule(gain, int(found), items, attribute, what, tally(value + " is " + said))
    return None
