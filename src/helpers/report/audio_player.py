"""A recording to be heard inside a report: a few kilobytes of MP3, nothing to fetch."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.audio.decoding import RATE

BRIEF = 12
"""Characters up to which captions let three recordings stand side by side."""
SECONDS = 8.0
"""Of a recording that are kept; what follows is cut."""
COMPRESSION = 0.9
"""libsndfile's level: about 2.7 kB a second. MP3 since each browser plays it, and since the same
samples give the same bytes, which Ogg's serial numbers do not."""


def encoded(samples: np.ndarray) -> bytes:
    """Encode the first seconds of float32 samples at ``RATE`` as MP3."""
    import soundfile

    stream = io.BytesIO()
    heard = np.clip(samples[: int(SECONDS * RATE)], -1, 1)
    soundfile.write(stream, heard, RATE, format="MP3", compression_level=COMPRESSION)
    return stream.getvalue()


def player(samples: np.ndarray) -> str:
    """Return an HTML element that plays the first seconds of a recording."""
    data = base64.b64encode(encoded(samples)).decode()
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'


def cell(samples: np.ndarray) -> str:
    """Return a cell of a table that keeps room for its player."""
    return f'<td class="player">{player(samples)}</td>'


def show(sounds: Sequence[np.ndarray], captions: Sequence[str], alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its caption; escaped."""
    cells = [
        f"{cell(sound)}<td>{html.escape(str(caption))}</td>"
        for sound, caption in zip(sounds, captions, strict=True)
    ]
    beside = 3 if all(len(str(caption)) <= BRIEF for caption in captions) else 1
    rows = ["".join(cells[start : start + beside]) for start in range(0, len(cells), beside)]
    _display("", rows, alt, "\n".join([alt, *map(str, captions)]))


def beside(sounds: Sequence[np.ndarray], frame: pd.DataFrame, alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its row of a table; escaped."""
    names = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ["listen", *frame])
    rows = [
        cell(sound) + "".join(f"<td>{html.escape(str(text))}</td>" for text in row)
        for sound, row in zip(sounds, frame.itertuples(index=False), strict=True)
    ]
    plain = f"{alt}\n{frame.to_string(index=False)}"
    _display(f"<thead><tr>{names}</tr></thead>", rows, alt, plain)


def _display(head: str, rows: Sequence[str], alt: str, plain: str) -> None:
    from IPython.display import display

    body = "".join(f"<tr>{row}</tr>" for row in rows)
    table = f"<table><caption>{html.escape(alt)}</caption>{head}<tbody>{body}</tbody></table>"
    display({"text/html": table, "text/plain": plain}, raw=True)
