"""A recording to be heard inside a report: a few kilobytes of MP3, nothing to fetch."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np

from helpers.recordings import RATE

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


def show(sounds: Sequence[np.ndarray], captions: Sequence[str], alt: str) -> None:
    """Show recordings in a notebook, each as a player beside its caption; escaped."""
    from IPython.display import display

    cells = [
        f"<td>{player(sound)}</td><td>{html.escape(str(caption))}</td>"
        for sound, caption in zip(sounds, captions, strict=True)
    ]
    beside = 3 if all(len(str(caption)) <= BRIEF for caption in captions) else 1
    rows = "".join(
        f"<tr>{''.join(cells[start : start + beside])}</tr>"
        for start in range(0, len(cells), beside)
    )
    content = f"<table><caption>{html.escape(alt)}</caption><tbody>{rows}</tbody></table>"
    plain = "\n".join([alt, *map(str, captions)])
    display({"text/html": content, "text/plain": plain}, raw=True)
