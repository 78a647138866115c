"""What one pass over the items keeps for the checks, whatever kind of items they are."""

from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from typing import Self

import numpy as np

from helpers.data import near_duplicates, tasks
from helpers.data.items import Items


@dataclass(frozen=True)
class Survey:
    """Facts about N items, in their order; an unreadable one has only its reason.

    A modality adds its own facts as further arrays [N, ...], and says which pairs are near-copies.
    """

    reason: np.ndarray
    """Why an item cannot be read, or an empty text: str [N]."""
    digest: np.ndarray
    """SHA-256 of the decoded item, empty where there is none: str [N]."""

    def near_pairs(self) -> np.ndarray:
        """Return the pairs of rows that are nearly copies, int [pairs, 2]; here only equals are."""
        return np.empty((0, 2), int)

    @cached_property
    def exact(self) -> np.ndarray:
        """Families of equal items: int [N]."""
        return near_duplicates.families(self.digest)

    @cached_property
    def near(self) -> np.ndarray:
        """Families of equal and nearly equal items: int [N]."""
        pairs = self.near_pairs()
        return near_duplicates.together(self.exact, near_duplicates.joined(len(self.digest), pairs))

    def take(self, rows: np.ndarray) -> Self:
        """Return the facts of these rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


def survey(items: Items) -> Survey:
    """Look at every item once."""
    name = tasks.get(items.task).surveyed_as
    return import_module(f"helpers.data.surveys.{name}").survey(items)
