"""Recordings in a notebook: players, and how long they are."""

from collections.abc import Sequence

import numpy as np

from helpers.report import audio_player, figures


def show(
    recordings: Sequence[np.ndarray], captions: Sequence[str], alt: str, columns: int | None
) -> None:
    """Show a player for each recording, with its caption."""
    audio_player.show(recordings, captions, alt)


def show_measures(seconds: np.ndarray) -> None:
    """Show how long recordings last, in seconds [N]."""
    figures.show(
        figures.recording_lengths(seconds),
        f"Length of a recording: {seconds.min():.1f} to {seconds.max():.1f} s, "
        f"median {np.median(seconds):.1f} s; {seconds.sum() / 60:.1f} min in total",
    )
