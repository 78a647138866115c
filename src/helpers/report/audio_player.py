"""Recordings that play inside a report: a few kilobytes of MP3 each, nothing to fetch."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.audio.decoding import RATE
from helpers.report import tables

BRIEF = 12  # longest caption, in characters, with which recordings are shown three to a row
SECONDS = 8.0  # how much of a recording is kept
COMPRESSION = 0.9  # libsndfile's level: about 2.7 kB a second


def player(samples: np.ndarray) -> str:
    """Return an HTML element that plays the first seconds of float32 samples at ``RATE``.

    MP3, because every browser plays it and the same samples give the same bytes; Ogg has random
    serial numbers.
    """
    import soundfile

    stream = io.BytesIO()
    start = np.clip(samples[: int(SECONDS * RATE)], -1, 1)
    soundfile.write(stream, start, RATE, format="MP3", compression_level=COMPRESSION)
    data = base64.b64encode(stream.getvalue()).decode()
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'


def show(recordings: Sequence[np.ndarray], captions: Sequence[str], alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its caption."""
    cells = [_cells(*pair) for pair in zip(recordings, captions, strict=True)]
    columns = 3 if all(len(str(caption)) <= BRIEF for caption in captions) else 1
    rows = ["".join(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    tables.display_rows(rows, "\n".join([alt, *map(str, captions)]), caption=alt)


def show_table(recordings: Sequence[np.ndarray], frame: pd.DataFrame, alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its row of a table."""
    rows = zip(recordings, frame.itertuples(index=False), strict=True)
    cells = [_cells(samples, *row) for samples, row in rows]
    plain = f"{alt}\n{frame.to_string(index=False)}"
    tables.display_rows(cells, plain, caption=alt, names=["listen", *frame])


def _cells(samples: np.ndarray, *texts: object) -> str:
    return f'<td class="player">{player(samples)}</td>{tables.cells(texts)}'
