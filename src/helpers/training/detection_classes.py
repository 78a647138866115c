"""Which of a study's classes a detector can name, by equal names or as the study declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import spellings
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import listed, names


@dataclass(frozen=True)
class ClassMap:
    """For each of a detector's classes the position of the study's class, -1 for none: int64."""

    positions: NDArray[np.int64]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def unnamed(self) -> list[str]:
        """List the study's classes that the detector cannot name."""
        return [each for k, each in enumerate(self.ours) if k not in self.positions]

    @property
    def merges(self) -> bool:
        """Tell whether several of its classes are one of the study's."""
        named = self.positions[self.positions >= 0]
        return len(np.unique(named)) < len(named)

    def facts(self) -> dict[str, str]:
        """Say which classes stand for which, which are missing and which are not used."""
        pairs = [
            (a, self.ours[k]) for a, k in zip(self.theirs, self.positions, strict=True) if k >= 0
        ]
        named = [ours if theirs == ours else f"{theirs} → {ours}" for theirs, ours in pairs]
        dropped = [a for a, k in zip(self.theirs, self.positions, strict=True) if k < 0]
        return {
            "class_map": listed(named, 100),
            "cannot_name": listed(self.unnamed, 100) or "none",
            "drops": f"{len(dropped)} of {len(self.theirs)} classes"
            + f": {listed(dropped, 12)}" * bool(dropped),
        }

    def doubt(self, boxes: pd.DataFrame) -> list[str]:
        """Say how much of the truth belongs to classes that it cannot name."""
        if not (missing := self.unnamed):
            return []
        counted = boxes[~boxes["ignored"]]
        share = counted["label"].isin(missing).mean() if len(counted) else 0.0
        what = f"It cannot name {names(missing, 6)}: {share:.0%} of the objects to be found"
        return [f"{what} ({int(counted['label'].isin(missing).sum()):,}) count as missed."]


def mapped(
    theirs: Sequence[str], ours: Sequence[str], declared: Mapping[str, str], where: str
) -> ClassMap:
    """Map a detector's classes to a study's; what is declared goes before equal names.

    A UserError names a class that is declared and unknown, with the closest one, or says that the
    detector can name none.
    """
    own, keys = {spellings.key(each): k for k, each in enumerate(ours)}, {}
    for name, meant in declared.items():
        key, target = spellings.key(name), spellings.key(meant)
        if key not in map(spellings.key, theirs):
            check_known("class of the detector", name, theirs, f"{where}: classes")
        if target not in own:
            check_known("class of the study", meant, ours, f"{where}: classes")
        keys[key] = own[target]
    found = [keys.get(key, own.get(key, -1)) for key in map(spellings.key, theirs)]
    if max(found, default=-1) < 0:
        raise UserError(
            f"{where}: it can name none of {listed(ours)}; its classes are {listed(theirs, 13)}: "
            "map them, as in `classes: {person: pedestrian}`"
        )
    return ClassMap(np.array(found, np.int64), tuple(theirs), tuple(ours))
