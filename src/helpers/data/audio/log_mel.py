"""Log-mel spectrograms: the power in mel-spaced frequency bands, frame by frame."""

from functools import cache

import numpy as np

from helpers.data.audio.decoding import RATE

FRAME = 400  # samples of a frame: 25 ms
STEP = 160  # samples from frame to frame: 10 ms
FLOOR = 1e-10  # power that counts as silence: -100 dB of full scale


def log_mel(samples: np.ndarray, bands: int = 40) -> np.ndarray:
    """Return the power of samples [N] at ``RATE`` in mel bands, in dB: float32 [frames, bands].

    Bands are triangular filters from 0 to ``RATE`` / 2 on the mel scale of O'Shaughnessy (1987).
    """
    padded = np.pad(samples, (0, max(0, FRAME - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::STEP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), 512)) ** 2 / FRAME
    return (10 * np.log10(power @ _filters(bands) + FLOOR)).astype(np.float32)


def statistics(samples: np.ndarray, bands: int = 40) -> np.ndarray:
    """Return each band's mean, standard deviation and mean change: float32 [3 x bands]."""
    loud = log_mel(samples, bands)
    moves = np.abs(np.diff(loud, axis=0)) if len(loud) > 1 else np.zeros_like(loud)
    return np.concatenate([loud.mean(axis=0), loud.std(axis=0), moves.mean(axis=0)])


@cache
def _filters(bands: int) -> np.ndarray:
    """Triangles over the frequencies of the transform: float64 [257, bands]."""
    mel = 2595 * np.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, mel, bands + 2) / 2595) - 1)
    pitches = np.fft.rfftfreq(512, 1 / RATE)[:, None]
    rising = (pitches - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - pitches) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))
