"""Which of a study's classes those of a model that was trained elsewhere stand for."""

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
    """For each of a model's classes the position of the study's class, -1 for none: int64."""

    positions: NDArray[np.int64]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def unnamed(self) -> list[str]:
        """List the study's classes that the model cannot name."""
        return [each for number, each in enumerate(self.ours) if number not in self.positions]

    def facts(self) -> dict[str, str]:
        """Say which classes stand for which, which are missing and which are not used."""
        pairs = list(zip(self.theirs, self.positions, strict=True))
        named = [
            own if own == self.ours[at] else f"{own} → {self.ours[at]}"
            for own, at in pairs
            if at >= 0
        ]
        dropped = [own for own, at in pairs if at < 0]
        return {
            "class_map": listed(named, 100),
            "cannot_name": listed(self.unnamed, 100) or "none",
            "drops": f"{len(dropped)} of {len(pairs)} classes: {listed(dropped, 12) or 'none'}",
        }

    def doubt(self, labels: pd.Series, what: str) -> list[str]:
        """Say how much of the truth belongs to classes that it cannot name."""
        lost = labels.isin(missing := self.unnamed)
        many = f"{lost.mean() if len(lost) else 0:.0%} of the {what} ({lost.sum():,})"
        if not missing:
            return []
        cure = "Map its own names for them, if it has any, under `classes`."
        return [f"It cannot name {names(missing, 6)}: {many} count as missed. {cure}"]


def mapped(
    theirs: Sequence[str], ours: Sequence[str], declared: Mapping[str, str], where: str
) -> ClassMap:
    """Map a detector's classes to a study's; what is declared goes before equal names.

    A UserError names a class that is declared and unknown, with the closest one, or says that the
    detector can name none.
    """
    own = {spellings.key(each): number for number, each in enumerate(ours)}
    meant, keys = dict[str, int](), [spellings.key(each) for each in theirs]
    for one, other in declared.items():
        key, target = spellings.key(one), spellings.key(other)
        if key in own and target in keys and (key not in keys or target not in own):
            turned = f"the detector's class comes first: {{{other}: {one}}}"
            raise UserError(f"{where}: classes: {{{one}: {other}}}: {turned}")
        if key not in keys:
            check_known("class of the detector", one, theirs, f"{where}: classes")
        if target not in own:
            check_known("class of the study", other, ours, f"{where}: classes")
        if meant.setdefault(key, own[target]) != own[target]:
            raise UserError(f"{where}: classes: {one!r} is mapped twice")
    found = [meant.get(key, own.get(key, -1)) for key in keys]
    if max(found, default=-1) < 0:
        its = f"its classes are {listed(theirs, 13)}"
        cure = "map them, as in `classes: {person: pedestrian}`"
        raise UserError(f"{where}: it can name none of {listed(ours)}; {its}: {cure}")
    return ClassMap(np.array(found, np.int64), tuple(theirs), tuple(ours))
