"""Some items shown in a notebook, each as its modality is best seen."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from helpers.data import tasks


def show(
    task: str,
    items: Sequence[Any],
    captions: Sequence[str],
    alt: str,
    columns: int | None = None,
) -> None:
    """Show decoded items with their captions: pictures in rows, texts in a table.

    Parameters
    ----------
    task : str
        A task of ``tasks.TASKS``.
    items : sequence
        Decoded items, or a sequence without any: then that is said.
    captions : sequence of str
        One for each.
    alt : str
        What is shown, in words.
    columns : int, optional
        How many stand side by side, where they do.
    """
    if not len(items):
        print("None.")
        return
    _module(task).show(items, captions, alt, columns)


def measures(task: str, survey: Any) -> None:
    """Show how large or long the surveyed items are."""
    _module(task).show_measures(survey)


def _module(task: str) -> Any:
    """Load the module that shows a task's items, by its name."""
    return import_module(f"helpers.report.examples.{tasks.get(task).surveyed_as}")
