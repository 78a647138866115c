"""The channels and the scale of a recording, decided once for the whole of it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

OPPOSED = "channels in opposite phase, of which the loudest is read"
TURNED = "a channel in opposite phase to the others, which is left out"
SILENT = "a silent channel, which is left out"
APART = "different sounds on the channels, which are heard at once"

OVER = 2.0  # floats may go beyond full scale by so much: a loud mix, or a filter's ripple
STANDARDISED = 128.0  # up to here, floats beyond full scale are rather of unit variance
FULL_SCALES = (2**15, 2**23, 2**31)  # of integers of 16, 24 and 32 bits
DEAD = 1e-5  # share of the loudest channel's power below which one holds nothing: -50 dB
ROUNDED = 1e-9  # share of the power with an offset below which the rest is rounding
CHUNK = 4096  # frames in which one channel is compared with the others
CANCELLED = 0.1  # share of what channels of unlike sounds keep, below which a mean is lost
LOUDER, OFTEN = 10.0, 0.1  # power over the others', and share of all power, of a sound of its own


@dataclass(frozen=True)
class Levels:
    """Which channels are averaged, what samples are divided by, and what is odd about them."""

    used: tuple[int, ...] | None = None  # all of them if None
    scale: float = 1.0
    oddity: str = ""

    def mono(self, block: np.ndarray) -> np.ndarray:
        """Bring a block [frames, channels] to one channel of full scale 1."""
        chosen = block if self.used is None else block[:, self.used]
        return chosen.mean(axis=1) if self.scale == 1 else chosen.mean(axis=1) / self.scale


def measure(blocks: Iterable[np.ndarray]) -> Levels:
    """Go through blocks [frames, channels] of a recording once."""
    products: np.ndarray | float = 0.0  # of channels, summed over time [C, C]
    sums: np.ndarray | float = 0.0  # [C]
    frames = 0
    own: np.ndarray | float = 0.0  # each channel's power where it is alone [C]
    lost, peak, whole = 0.0, 0.0, True
    for block in blocks:
        wide = block.astype(float)
        products, sums = products + wide.T @ wide, sums + wide.sum(axis=0)
        frames += len(wide)
        starts = np.arange(0, len(wide), CHUNK)
        wide = wide - wide.mean(axis=0) if len(wide) else wide
        power = np.add.reduceat(np.square(wide), starts, axis=0) if len(wide) else wide
        others = power.sum(axis=1, keepdims=True) - power
        own = own + np.where(power > LOUDER * others, power, 0).sum(axis=0)
        mean = np.add.reduceat(np.square(wide.mean(axis=1)), starts) if len(wide) else others[:, 0]
        total = power.sum(axis=1)
        lost += total[mean * power.shape[1] ** 2 < CANCELLED * total].sum()
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
        whole = whole and bool((block == np.rint(block)).all())
    centred = products - np.multiply.outer(sums, sums) / max(frames, 1)  # an offset is no sound
    centred = np.where(np.abs(centred) > ROUNDED * np.abs(products), centred, 0.0)
    used, oddity = _channels(np.atleast_2d(centred), np.atleast_1d(own), lost)
    return Levels(used, _scale(peak, whole), oddity)


def _channels(
    products: np.ndarray, own: np.ndarray, lost: float
) -> tuple[tuple[int, ...] | None, str]:
    """Choose the channels to average from the sums of their products, and what the mean loses."""
    power = products.diagonal()
    live = np.flatnonzero(power > DEAD * power.max())
    left = tuple(live.tolist()) if 0 < len(live) < len(power) else None
    if len(live) < 2:
        return left, SILENT if left else ""
    together = products[np.ix_(live, live)]
    pairs = len(live) - 1
    correlation = (together.sum() - together.trace()) / (together.trace() * pairs)
    with_others = together.sum(axis=1) - together.diagonal()
    others = together.sum() - 2 * with_others - together.diagonal()  # the power of their sum
    turned = with_others < -0.5 * np.sqrt(together.diagonal() * others.clip(0))
    if pairs > 1 and turned.sum() * 2 < len(live) and turned.any():
        return tuple(live[~turned].tolist()), TURNED
    if correlation < -0.5 / pairs or lost > OFTEN * power.sum():
        return (int(power.argmax()),), OPPOSED
    if np.sort(own)[-2] > OFTEN * power.sum():
        return None, APART
    return left, SILENT if left else ""


def _scale(peak: float, whole: bool) -> float:
    """Return the full scale of samples with this peak; whole numbers are those of integers."""
    if peak <= OVER:
        return 1.0
    if whole or peak > STANDARDISED:
        return float(next((scale for scale in FULL_SCALES if peak <= scale), peak))
    return peak
