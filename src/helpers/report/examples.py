"""Items shown in a notebook, each as its modality is best seen, and how large or long they are."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import dotted_names
from helpers.data import tasks
from helpers.data.surveys.base import Survey
from helpers.report import figures, tables

PLAYER = "helpers.report.audio_player.show"  # loaded by name: only recordings need its code


def show(
    task: str, items: Sequence[Any], captions: Sequence[str], alt: str, columns: int | None = None
) -> None:
    """Show decoded items with their captions: images in rows of ``columns``, texts in a table.

    An image may come with its boxes, which are drawn on it.
    """
    if len(items) and isinstance(items[0], tuple):
        columns = columns or 4
        items = [figures.boxes_on(image, boxes, columns=columns) for image, boxes in items]
    kind = tasks.get(task).surveyed_as
    if not len(items):
        print("Nothing to show.")
    elif kind == "audio":
        dotted_names.load(PLAYER)(items, captions, alt)
    elif kind == "text":
        tables.show(pd.DataFrame({"label": list(captions), "text": list(items)}), alt)
    else:
        figures.show(figures.image_grid(items, captions, columns=columns), alt)


def measures(task: str, survey: Survey) -> None:
    """Show how large or long the readable items are."""
    readable = survey.reason == ""
    values = [getattr(survey, name)[readable] for name in tasks.of(task).MEASURES]
    shown: dict[str, Callable[..., None]] = {"image": _sizes, "text": _words, "audio": _seconds}
    shown[tasks.get(task).surveyed_as](*values)


def _sizes(width: np.ndarray, height: np.ndarray) -> None:
    sizes = f"{width.min()} to {width.max()} pixels wide, {height.min()} to {height.max()} high"
    figures.show(figures.image_sizes(width, height), f"Image sizes: {sizes}")


def _words(words: np.ndarray) -> None:
    lengths = f"{words.min()} to {words.max()} words, median {np.median(words):,.0f}"
    figures.show(figures.text_lengths(words, "words"), f"Length of a text: {lengths}")


def _seconds(seconds: np.ndarray) -> None:
    lengths = f"{seconds.min():.1f} to {seconds.max():.1f} s, median {np.median(seconds):.1f} s"
    total = f"{seconds.sum() / 60:.1f} min in total"
    figures.show(figures.recording_lengths(seconds), f"Length of a recording: {lengths}; {total}")
