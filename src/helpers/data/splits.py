"""Train, validation and test: stratified, grouped or given; seeded; copies stay on one side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.core.errors import UserError, unknown
from helpers.data.near_duplicates import together

SIDES = ("train", "validation", "test")


def make(
    frame: pd.DataFrame,
    test: float = 0.25,
    validation: float = 0.15,
    stratify: bool = True,
    group: str | None = None,
    seed: int = 42,
    duplicates: np.ndarray | None = None,
    given: bool | None = None,
    needed: Sequence[str] = ("train", "test"),
) -> pd.Series:
    """Put every item on one side.

    Whole units are placed: a unit is an item, or all items that share a group or a family of
    duplicates. Without units of several items, each class has its share of every side to within
    one item. The order of the rows does not matter: ids and seed decide.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns id (unique), label, and group and split where they are asked for.
    test, validation : float
        Fractions of all items; the rest trains.
    stratify : bool
        Keep each class's share; otherwise only the sizes of the sides are kept.
    group : str, optional
        Column whose values stay on one side; by default the column group, where there is one.
    seed : int
        Chooses among the splits that satisfy all this.
    duplicates : numpy.ndarray, optional
        int [N], the number of each item's family of copies.
    given : bool, optional
        Take the column split as it is; by default, if it has the sides that are needed.
        Validation is carved from train (the same fraction, of train) when the source has none.
    needed : sequence of str
        Sides that a given split must have: what is only heard needs no training.

    Returns
    -------
    pandas.Series
        ``train``, ``validation`` or ``test`` for each row of the frame.

    Raises
    ------
    UserError
        Fractions that leave nothing, an unknown column, too few units, a split without a side.
    """
    units = _units(frame, group, duplicates)
    if given is None:
        given = set(needed) <= set(frame.get("split", ()))
    if given:
        return _given(frame, units, validation, stratify, seed, needed)
    fractions = {"train": 1 - test - validation, "validation": validation, "test": test}
    return _assign(frame, units, fractions, stratify, seed)


def _units(frame: pd.DataFrame, group: str | None, duplicates: np.ndarray | None) -> np.ndarray:
    """Give what must stay together one number; an item without a group is tied to none."""
    if group is not None and group not in frame.columns:
        raise unknown("group column", group, frame.columns, "data.split.group")
    group = group or ("group" if "group" in frame.columns else None)
    ties = [np.arange(len(frame))]
    if group is not None:
        own = pd.Series([f"\0{item}" for item in frame["id"]], index=frame.index)
        ties.append(pd.factorize(frame[group].astype(object).where(frame[group].notna(), own))[0])
    if duplicates is not None:
        ties.append(np.asarray(duplicates))
    return together(*ties)


def _given(
    frame: pd.DataFrame,
    units: np.ndarray,
    validation: float,
    stratify: bool,
    seed: int,
    needed: Sequence[str],
) -> pd.Series:
    """Keep the source's sides, and carve validation from train if it has none."""
    if "split" not in frame.columns:
        raise UserError("data.split.given: the source has no split of its own")
    sides = frame["split"].astype(object).copy()
    for side in needed:
        if side not in set(sides):
            raise UserError(f"data.split.given: the source's split has no {side} side")
    if "validation" not in set(sides) and "train" in set(sides):
        train = (sides == "train").to_numpy()
        fractions = {"train": 1 - validation, "validation": validation}
        sides[train] = _assign(frame[train], units[train], fractions, stratify, seed)
    return sides.rename("split")


def _assign(
    frame: pd.DataFrame,
    units: np.ndarray,
    fractions: dict[str, float],
    stratify: bool,
    seed: int,
) -> pd.Series:
    """Place units, the largest first, each where its classes are missed the most."""
    sides = [side for side in SIDES if side in fractions]
    shares = np.array([fractions[side] for side in sides])
    if (shares <= 0).any():
        raise UserError(f"data.split: nothing is left for {sides[int(shares.argmin())]}")
    labels = frame["label"].to_numpy() if stratify else np.zeros(len(frame), int)
    classes, codes = np.unique(labels.astype(str), return_inverse=True)
    order, members = _shuffled(frame["id"].to_numpy(dtype=str), units, seed)
    if len(order) < len(sides):
        what = f"{len(order)} separate units for {len(sides)} sides: too few"
        raise UserError(f"data.split: {what} (a unit is an item, a group, a family of copies)")
    counts = np.zeros((len(order), len(classes)))
    np.add.at(counts, (members, codes), 1)
    totals = counts.sum(axis=0)
    missed = _quotas(totals, shares)
    placed = np.empty(len(order), int)
    filled = np.zeros(len(sides), bool)
    for done, unit in enumerate(order):
        need = missed @ (counts[unit] / totals)
        if len(order) - done <= (~filled).sum():  # the last units go where there is nothing yet
            need[filled] = -np.inf
        side = int(need.argmax())
        placed[unit], filled[side] = side, True
        missed[side] -= counts[unit]
    return pd.Series(np.array(sides, dtype=object)[placed[members]], frame.index, name="split")


def _shuffled(ids: np.ndarray, units: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Order the units by their smallest id, then shuffle them, large before small.

    Returns
    -------
    tuple of numpy.ndarray
        The units in the order to place them, and each item's unit.
    """
    smallest = pd.Series(ids).groupby(units).transform("min").to_numpy(dtype=str)
    _, members, sizes = np.unique(smallest, return_inverse=True, return_counts=True)
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    return shuffled[np.argsort(-sizes[shuffled], kind="stable")], members


def _quotas(totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Apportion each class to the sides in whole items, each less than one from its exact share.

    What rounding owes a side is carried to the next class, so that the sides' sizes hold as well.

    Returns
    -------
    numpy.ndarray
        float [sides, classes], whole numbers that sum to ``totals`` over the sides.
    """
    quotas = np.zeros((len(shares), len(totals)))
    owed = np.zeros(len(shares))
    for column, total in enumerate(totals):
        exact = total * shares
        floor = np.floor(exact + 1e-9)
        part = exact - floor
        owed += part
        spare = round(total - floor.sum())
        wanting = np.where(part > 1e-9, owed, -np.inf)
        extra = np.argsort(-wanting, kind="stable")[:spare]
        floor[extra] += 1
        owed[extra] -= 1
        quotas[:, column] = floor
    return quotas
