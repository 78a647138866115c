"""Which split each unit comes into: a sample of all classes and sizes, decided by the seed."""

import numpy as np
from scipy.sparse import csr_array

DRAWS = 30  # draws of tied units, of which the first that fits is taken, else the best
FIT = 0.25  # misfit of a draw that is taken at once; of items drawn singly it would be about 2


def assign(counts: np.ndarray, shares: np.ndarray, seed: int | tuple[int, ...]) -> np.ndarray:
    """Choose a split for each unit, int [U], from its items of each class, [U, K].

    Units of several items are sampled: whatever its class and size, a unit has the chance of a
    split's share to come into it. Single items then fill the classes' quotas. Of a few draws the
    first is taken that leaves the classes near their quotas, else the best: where units are few
    and large, balance comes before chance. At least as many units as splits are needed.
    """
    sizes, random = counts.sum(axis=1), np.random.default_rng(seed)
    order = random.permutation(len(counts))
    quotas = _quotas(counts.sum(axis=0), shares)
    tied, single = order[sizes[order] > 1], order[sizes[order] == 1]
    placed, least, table = np.full(len(order), -1), np.inf, csr_array(counts[tied])
    for _ in range(DRAWS if len(tied) else 0):
        drawn = _drawn(counts[tied], shares, random)
        misfit = _misfit(table, drawn, quotas, len(single))
        if misfit < least:
            placed[tied], least = drawn, misfit
        if least <= FIT:
            break
    if not np.isfinite(least):  # no draw leaves a unit for every split: the largest units first
        single = order[np.argsort(-sizes[order], kind="stable")]
    _fill(placed, single, counts, quotas)
    return placed


def _drawn(counts: np.ndarray, shares: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a split for each tied unit, spread over their list by class and size.

    A unit comes into a split with the probability of the split's share, whatever its class and
    size; of any stretch of the list, each split takes its share to within a unit or so.
    """
    ranked = np.lexsort((random.random(len(counts)), counts.sum(axis=1), counts.argmax(axis=1)))
    drawn, left = np.zeros(len(counts), int), 1.0  # the first split, train, takes the rest
    for split in range(len(shares) - 1, 0, -1):
        taken = _spread(len(ranked), shares[split] / left, random)
        drawn[ranked[taken]] = split
        ranked, left = ranked[~taken], left - shares[split]
    return drawn


def _spread(count: int, share: float, random: np.random.Generator) -> np.ndarray:
    """Sample a share of a list, each with the same chance, spread evenly: bool [N].

    Ordered pivotal sampling (Deville and Tille, 1998; Chauvet, 2012): neighbours duel for their
    joint chance, and the undecided one meets the next.
    """
    taken, open_, chance = np.zeros(count, bool), 0, share
    for rival, luck in enumerate(random.random(count)[1:], start=1):
        joint = chance + share
        if joint < 1:  # one is out, the other keeps the joint chance
            open_ = open_ if luck * joint < chance else rival
            chance = joint
        else:  # one is in, the other keeps what is beyond
            first = luck * (2 - joint) < 1 - share
            taken[open_ if first else rival] = True
            open_, chance = rival if first else open_, joint - 1
    if count:
        taken[open_] = random.random() < chance
    return taken


def _misfit(table: csr_array, drawn: np.ndarray, quotas: np.ndarray, singles: int) -> float:
    """Mean over classes, and all items, of what splits miss their quotas by: squares over these.

    Single items are taken to fill what is open. Infinite where too few are left for that.
    """
    if len(quotas) - len(np.unique(drawn)) > singles:
        return float("inf")
    held = np.stack([table[drawn == split].sum(axis=0) for split in range(len(quotas))])
    held, wanted = (np.column_stack([each, each.sum(axis=1)]) for each in (held, quotas))
    beyond, missing = np.maximum(held - wanted, 0), np.maximum(wanted - held, 0)
    share = beyond.sum(axis=0) / np.maximum(missing.sum(axis=0), 1)  # of it, no item can fill
    off = beyond + missing * share
    return float((off**2 / np.maximum(wanted, 1)).sum(axis=0).mean())


def _fill(placed: np.ndarray, order: np.ndarray, counts: np.ndarray, quotas: np.ndarray) -> None:
    """Place units in turn where their classes are needed most, beside those placed already."""
    placed[order] = -1
    splits = range(len(quotas))
    open_places = quotas - [counts[placed == split].sum(axis=0) for split in splits]
    filled = np.array([(placed == split).any() for split in splits])
    totals = quotas.sum(axis=0)
    for done, unit in enumerate(order):
        # how much each split needs the unit: its items' classes by the share of them still open
        need = open_places @ (counts[unit] / totals)
        if len(order) - done <= (~filled).sum():  # the last units go to the splits still empty
            need[filled] = -np.inf
        split = int(need.argmax())
        placed[unit], filled[split] = split, True
        open_places[split] -= counts[unit]


def _quotas(totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Divide K classes in whole items, each within one of its exact share: float [splits, K]."""
    quotas = np.zeros((len(shares), len(totals)))
    owed = np.zeros(len(shares))
    for column, total in enumerate(totals):
        # 1. every split gets the whole part of its exact share
        exact = total * shares
        whole = np.floor(exact + 1e-9)
        fraction = exact - whole
        # 2. what is cut off is owed to it, on top of what earlier classes owe
        owed += fraction
        # 3. the items left over go to the splits that are owed most, at most one to each
        spare = round(total - whole.sum())
        claims = np.where(fraction > 1e-9, owed, -np.inf)
        extra = np.argsort(-claims, kind="stable")[:spare]
        whole[extra] += 1
        owed[extra] -= 1
        quotas[:, column] = whole
    return quotas
