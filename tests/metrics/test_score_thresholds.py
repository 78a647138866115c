"""Scores chosen on held-out items: coverage by simulation, and thresholds against a plain loop."""

import numpy as np
import pytest
from scipy.stats import binomtest

from helpers.metrics.score_thresholds import of_flag, of_sets, rarely_below, units
from helpers.metrics.statistics.bootstrap import Resampling

ALONE = Resampling()


def scored(random, labels, strength=1.5):
    """Probabilities [N, K] that are too bold for the second class, and little use for it."""
    logits = random.normal(size=(len(labels), 3))
    logits[np.arange(len(labels)), labels] += strength * (labels != 1)
    weights = np.exp(2 * logits)
    return weights / weights.sum(axis=1, keepdims=True)


def held(least, scores, labels):
    return scores[np.arange(len(labels)), labels] >= least


@pytest.mark.parametrize(("level", "items"), [(0.9, 9), (0.9, 60), (0.75, 20), (0.97, 40)])
def test_sets_hold_the_right_class_as_often_as_is_promised(level, items):
    random, hits, tries = np.random.default_rng(0), 0, 4000
    for _ in range(tries):
        labels = random.choice(3, items + 1, p=[0.6, 0.1, 0.3])
        scores = scored(random, labels)
        own = scores[np.arange(items), labels[:items]]
        hits += held(of_sets(own, level, ALONE), scores[-1:], labels[-1:])[0]
    assert binomtest(hits, tries).proportion_ci(0.999).high >= level
    assert hits / tries < level + 1 / (items + 1) + 0.02  # and not much more often


def test_one_threshold_serves_a_hard_class_less_and_one_per_class_mends_it():
    random, plain, own_class, tries = np.random.default_rng(1), [], [], 300
    for _ in range(tries):
        labels = random.choice(3, 1000, p=[0.6, 0.1, 0.3])
        scores = scored(random, labels)
        own, new = scores[np.arange(500), labels[:500]], labels[500:]
        parts = [labels[:500] == code for code in range(3)]
        least = np.array([of_sets(own[part], 0.9, ALONE) for part in parts])
        plain.append(held(of_sets(own, 0.9, ALONE), scores[500:], new)[new == 1].mean())
        own_class.append(held(least[new], scores[500:], new)[new == 1].mean())
    assert np.mean(plain) < 0.8 and np.mean(own_class) == pytest.approx(0.91, abs=0.015)


@pytest.mark.parametrize(("groups", "sizes"), [(10, [1, 40]), (15, [8, 8]), (30, [1, 12])])
def test_items_of_a_group_that_are_wrong_together_do_not_lower_the_coverage(groups, sizes):
    """Of new groups, the items: counted as if they were alone, far too few would be covered."""
    random, found = np.random.default_rng(2), {"groups": [], "alone": []}
    for _ in range(1500):
        many = random.integers(sizes[0], sizes[1] + 1, 2 * groups)
        of, own = np.repeat(np.arange(2 * groups), many), np.repeat(random.random(2 * groups), many)
        old = of < groups
        for how, drawn in (("groups", Resampling(groups=of[old])), ("alone", ALONE)):
            hit = own[~old] >= of_sets(own[old], 0.9, drawn)
            found[how].append((hit.sum(), len(hit)))
    shares = {how: np.sum(each, axis=0)[0] / np.sum(each, axis=0)[1] for how, each in found.items()}
    assert shares["groups"] >= 0.9 > shares["alone"] + 0.01


def test_too_few_items_put_every_class_into_a_set():
    own = np.linspace(0.1, 0.9, 9)
    assert of_sets(own, 0.9, ALONE) == own[0] and of_sets(own[:8], 0.9, ALONE) == -np.inf
    assert of_sets(own, 0.9, Resampling(groups=np.arange(9) // 2)) == -np.inf
    assert of_sets(own[:0], 0.9, ALONE) == -np.inf


def by_loop(scores, true, aim, goal):
    """Try every score, from nothing flagged on."""
    best = None
    for least in [np.inf, *sorted(set(scores), reverse=True)]:
        flags = scores >= least
        hits, false = (flags & true).sum(), (flags & ~true).sum()
        if aim == "cost":
            missed = true.sum() - hits
            key = -(goal["false_positive"] * false + goal["false_negative"] * missed)
        elif aim == "recall":
            key = 0 if hits / true.sum() >= goal else None
        else:
            key = hits if hits and hits / (hits + false) >= goal else None
        if key is not None and (best is None or key > best[0]):
            best = key, least
    return best[1] if best else np.nan


@pytest.mark.parametrize("aim", ["recall", "precision", "cost"])
def test_a_threshold_is_that_of_a_plain_loop(aim):
    random, some = np.random.default_rng(3), 0
    for trial in range(300):
        true = random.random(random.integers(5, 60)) < 0.3
        if true.all() or not true.any():
            continue
        scores = random.random(len(true)).round(trial % 3 + 1) * 0.7 + 0.3 * true * (trial % 2)
        goal = random.choice([0.5, 0.9, 0.95, 1.0])
        if aim == "cost":
            goal = {"false_positive": 1, "false_negative": int(random.integers(1, 30))}
        found, expected = of_flag(scores, true, aim, goal), by_loop(scores, true, aim, goal)
        assert found == expected or (np.isnan(found) and np.isnan(expected))
        some += np.isfinite(found)
    assert some > 100


def test_without_both_kinds_of_items_there_is_no_threshold():
    scores = np.array([0.2, 0.8])
    for true in ([True, True], [False, False]):
        assert np.isnan(of_flag(scores, np.array(true), "recall", 0.9))


def test_coverage_is_rarely_below_what_chance_brings():
    random, low, tries = np.random.default_rng(4), 0, 4000
    usual = rarely_below(0.9, 40, 100)
    for _ in range(tries):
        own = random.random(140)
        low += (own[40:] >= of_sets(own[:40], 0.9, ALONE)).mean() < usual
    assert 0 < low / tries <= 0.008


def test_groups_are_worth_less_than_their_items():
    assert units(12, ALONE) == 12
    assert units(12, Resampling(groups=np.arange(12) // 3)) == 4
    assert 1 < units(12, Resampling(groups=np.array([0] * 9 + [1, 2, 3]))) < 2
