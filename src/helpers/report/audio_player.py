"""Recordings that play inside a report: a few kilobytes of MP3 each, nothing to fetch."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.audio.decoding import RATE
from helpers.report import tables

BRIEF = 12
"""Longest caption, in characters, with which recordings are shown three to a row."""
SECONDS = 8.0
"""How much of a recording is kept."""
COMPRESSION = 0.9
"""libsndfile's level: about 2.7 kB a second. MP3, because every browser plays it and the same
samples give the same bytes; Ogg has random serial numbers."""


def player(samples: np.ndarray) -> str:
    """Return an HTML element that plays the first seconds of float32 samples at ``RATE``."""
    import soundfile

    stream = io.BytesIO()
    start = np.clip(samples[: int(SECONDS * RATE)], -1, 1)
    soundfile.write(stream, start, RATE, format="MP3", compression_level=COMPRESSION)
    data = base64.b64encode(stream.getvalue()).decode()
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'


def show(recordings: Sequence[np.ndarray], captions: Sequence[str], alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its caption."""
    cells = [
        f'<td class="player">{player(samples)}</td><td>{html.escape(str(caption))}</td>'
        for samples, caption in zip(recordings, captions, strict=True)
    ]
    columns = 3 if all(len(str(caption)) <= BRIEF for caption in captions) else 1
    rows = ["".join(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    tables.display_rows(rows, "\n".join([alt, *map(str, captions)]), caption=alt)


def show_table(recordings: Sequence[np.ndarray], frame: pd.DataFrame, alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its row of a table."""
    rows = [
        f'<td class="player">{player(samples)}</td>'
        + "".join(f"<td>{html.escape(str(text))}</td>" for text in row)
        for samples, row in zip(recordings, frame.itertuples(index=False), strict=True)
    ]
    plain = f"{alt}\n{frame.to_string(index=False)}"
    tables.display_rows(rows, plain, caption=alt, names=["listen", *frame])
