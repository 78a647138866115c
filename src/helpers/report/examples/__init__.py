"""Items shown in a notebook, each as its modality is best seen."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np

from helpers.data import tasks
from helpers.data.surveys.base import Survey


class _Examples(Protocol):
    """What a module of this folder offers, for items of its modality."""

    def show(
        self, items: Sequence[Any], captions: Sequence[str], alt: str, columns: int | None
    ) -> None: ...

    def show_measures(self, **measures: np.ndarray) -> None: ...


def show(
    task: str, items: Sequence[Any], captions: Sequence[str], alt: str, columns: int | None = None
) -> None:
    """Show decoded items with their captions: images in rows of ``columns``, texts in a table."""
    if not len(items):
        print("None")
        return
    _module(task).show(items, captions, alt, columns)


def measures(task: str, survey: Survey) -> None:
    """Show how large or long the readable items are."""
    readable = survey.reason == ""
    names = tasks.of(task).MEASURES
    _module(task).show_measures(**{name: getattr(survey, name)[readable] for name in names})


def _module(task: str) -> _Examples:
    return cast(_Examples, import_module(f"helpers.report.examples.{tasks.get(task).surveyed_as}"))
