"""Copies in the test are one observation: what is resampled, and that its intervals cover."""

import numpy as np
import pandas as pd
import pytest
from factories.cases import put, scene

from helpers.core.errors import UserError
from helpers.data import copies, preparation, splits
from helpers.data.splits import SplitRules
from helpers.metrics.classification import estimate
from helpers.metrics.statistics.bootstrap import Resampling


def frame_of(labels, **columns):
    ids = [f"{index:04d}" for index in range(len(labels))]
    return pd.DataFrame({"id": ids, "label": labels, "split": "test", **columns})


def test_a_handful_of_copies_changes_no_interval_and_many_do():
    frame = frame_of(["a", "b"] * 500)
    family = np.arange(1000)
    assert copies.named(frame, family) is None
    family[:8] = 0
    assert copies.named(frame, family) is None
    family[:400] //= 2
    named = copies.named(frame, family)
    assert named.notna().sum() == 400 and named[9] == "0008"
    assert copies.named(frame.assign(split="train"), family) is None


def test_copies_in_a_rare_class_count_for_the_mean_over_classes():
    frame = frame_of(["a"] * 900 + ["b"] * 40)
    family = np.arange(940)
    family[900:] //= 4
    assert copies.design_effect(frame["label"][:900], family[:900]) == 1
    assert copies.design_effect(frame["label"], family) > 3
    assert copies.named(frame, family) is not None


def test_groups_that_a_copy_ties_are_resampled_together():
    table = frame_of(list("aabbab"), group=["p", "p", "q", "q", "r", None])
    assert len(set(copies.groups(table))) == 4 and copies.unit(table) == "group"
    tied = table.assign(copy_of=[None, "0001", "0001", None, None, None])
    groups = copies.groups(tied)
    assert len(set(groups[:4])) == 1 and len(set(groups)) == 3
    alone = tied.drop(columns="group")
    assert len(set(copies.groups(alone))) == 5 and copies.unit(alone) == copies.DISTINCT
    assert copies.groups(table.drop(columns="group")) is None


def coverage(resampled, metric, worlds=100):
    """Share of worlds whose interval holds the truth; an item is there one to five times."""
    random, held = np.random.default_rng(0), 0
    for _ in range(worlds):
        sizes = random.choice([1, 1, 3, 5], 80)
        labels = np.repeat(random.integers(0, 2, 80), sizes)
        right = np.repeat(random.random(80) < 0.8, sizes)
        family = np.repeat(np.arange(80), sizes)
        table = frame_of(labels.astype(str))
        named = copies.named(table, family)
        groups = copies.groups(table.assign(copy_of=named)) if resampled else None
        predictions = np.where(right, labels, 1 - labels)
        found = estimate(metric, labels, predictions, None, Resampling(200, 0, groups), 2)
        held += found.low <= 0.8 <= found.high
    return held / worlds


@pytest.mark.parametrize("metric", ["accuracy", "macro-recall"])
def test_intervals_over_families_cover_where_those_over_items_do_not(metric):
    assert coverage(False, metric) < 0.85
    assert coverage(True, metric) >= 0.9


def test_near_copies_that_are_kept_lie_in_several_splits_and_exact_ones_do_not():
    frame = frame_of(["a", "b"] * 30).drop(columns="split")
    near, exact = np.zeros(60, int), np.arange(60) // 2
    with pytest.raises(UserError, match="60 of 60 items have a near-copy.*near_copies: keep"):
        splits.make(frame, SplitRules(), near, exact)
    made = splits.make(frame, SplitRules(near_copies="keep"), near, exact)
    assert set(made) == set(splits.SPLITS)
    assert (made.groupby(exact).nunique() == 1).all()
    with pytest.raises(UserError, match="60 of 60 items have an exact copy"):
        splits.make(frame, SplitRules(near_copies="keep"), near, near)
    with pytest.raises(UserError, match="tied by their group"):
        splits.make(frame.assign(group="x"), SplitRules())


def test_a_pattern_of_names_makes_groups():
    ids = [f"set/{'ab'[n % 2]}/p{n // 5:02d}_s{n}.png" for n in range(60)]
    frame = frame_of(["a", "b"] * 30).drop(columns="split").assign(id=ids)
    found = splits.groups(frame, r"([^/]+)_[^/]*$")
    assert found.nunique() == 12 and found[7] == "p01"
    made = splits.make(frame, SplitRules(group=r"([^/]+)_[^/]*$"))
    assert (made.groupby(found).nunique() == 1).all()
    assert splits.groups(frame, "(p00)_|$").notna().sum() == 5
    for wrong, words in {
        "(q\\d+)_": "does not fit",
        "patient": "unknown group",
        "(": "no pat",
    }.items():
        with pytest.raises(UserError, match=words):
            splits.make(frame, SplitRules(group=wrong))


def test_fixed_camera_is_split_with_its_near_copies_kept_and_says_so(repository):
    random, base = np.random.default_rng(0), scene("a", 1, 64).astype(float)
    for number in range(40):
        pixels = np.clip((base + random.normal(0, 3, base.shape)) * (1 - number % 2 / 2), 0, 255)
        put(repository / "set" / "ab"[number % 2] / f"{number}.png", pixels.astype("uint8"))
    prepared = preparation.prepare({"folder": {"path": "set"}}, {"near_copies": "keep"})
    found = {each.code: each for each in prepared.findings if each.count}
    assert "D402" in found and found["D402"].consequence
    assert "D410" not in found and "copy_of" not in prepared.frame
