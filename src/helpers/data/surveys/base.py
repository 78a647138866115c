"""What one pass over the items keeps for the checks, whatever kind of items they are."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np

from helpers.core import progress
from helpers.data import near_duplicates, room, tasks
from helpers.data.encoded import Unreadable
from helpers.data.items import Items


@dataclass(frozen=True)
class Survey:
    """Facts about N items, in order; each modality adds arrays [N, ...] of its own."""

    reason: np.ndarray  # why an item cannot be read, or an empty text: str [N]
    digest: np.ndarray  # SHA-256 of the decoded item, empty where there is none: str [N]

    @property
    def decoding(self) -> Mapping[str, Any]:
        """Return what decoding one of the items must know of all of them."""
        return {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was decided on the way, in words."""
        return ()

    @property
    def containers(self) -> Mapping[str, np.ndarray]:
        """Return how each item is stored, apart from its content: by attribute, str [N]."""
        return {}

    @property
    def languages(self) -> dict[str, int]:
        """Count the items of each language, where it can be told; here none."""
        return {}

    VAGUE: ClassVar[str] = "hold nothing to compare"  # what the items that are vague do

    @property
    def vague(self) -> np.ndarray:
        """Items that say too little for nearly equal ones to be found: bool [N]; here none."""
        return np.zeros(len(self.digest), bool)

    def near_pairs(self) -> np.ndarray:
        """Return the pairs of rows that are near-duplicates: int [pairs, 2]; here none."""
        return np.empty((0, 2), int)

    @cached_property
    def exact(self) -> np.ndarray:
        """The family of equal items that each belongs to: int [N]."""
        return near_duplicates.families(self.digest)

    @cached_property
    def near(self) -> np.ndarray:
        """The family of equal and nearly equal items that each belongs to: int [N]."""
        near = near_duplicates.connected_groups(len(self.digest), self.near_pairs())
        return near_duplicates.merge_groups(self.exact, near)

    def take(self, rows: np.ndarray) -> Self:
        """Return the facts of these rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


def survey(items: Items) -> Survey:
    """Look at every item once."""
    name = tasks.get(items.task).surveyed_as
    return import_module(f"helpers.data.surveys.{name}").survey(items)


def facts_of_each(
    items: Items,
    facts: Callable[[int], dict[str, Any]],
    unreadable: dict[str, Any],
    doing: str,
    threads: int = 2,
) -> list[dict[str, Any]]:
    """Return items' facts, each with its reason; decoders release the interpreter: threads help."""

    @room.shared()
    def row(index: int) -> dict[str, Any]:
        try:
            return {"reason": "", **facts(index)}
        except Unreadable as problem:
            return {"reason": str(problem) or "unreadable", **unreadable}

    total = len(items.frame)
    with ThreadPoolExecutor(threads) as pool:
        return list(progress.track(pool.map(row, range(total)), doing, total=total))


def about(amounts: np.ndarray, unit: str) -> np.ndarray:
    """Round amounts to powers of the square root of two, in words; empty for zero: str [N]."""
    steps = np.exp2(np.rint(2 * np.log2(np.maximum(amounts, 1e-9))) / 2)
    return np.array(
        [f"about {x:.3g} {unit}" if n else "" for x, n in zip(steps, amounts, strict=True)]
    )


def columns(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Turn facts of N items into arrays [N, ...], by the names of a survey's fields."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
