"""Shares and rates as anyone says them: 8 of 10 objects, one false alarm in four images."""

import math

CLOSE = 0.25  # how far from it, in parts of the rarer side, a share may be said

_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def of_ten(share: float, what: str) -> str:
    """Say a share in tenths: ``8 of 10 objects``; near its ends by finer steps."""
    if share in (0, 1):
        return f"{'all' if share else 'none'} of the {what}"
    rarer = min(share, 1 - share)
    for whole in (10, 20, 100, 1000):
        if abs(round(rarer * whole) / whole - rarer) <= CLOSE * rarer:
            return f"{round(share * whole)} of {whole:,} {what}"
    return f"{'nearly all' if share > 0.5 else 'nearly none'} of the {what}"


def alarms(rate: float) -> str:
    """Say false alarms an image: ``one false alarm in four images``, ``3 false alarms ...``."""
    if rate <= 0:
        return "no false alarm"
    if rate >= 0.95:
        several = round(rate) if rate >= 2 else round(rate, 1)
        return f"{'one false alarm' if several == 1 else f'{several:g} false alarms'} an image"
    if rate > 0.58:
        return f"{_number(round(10 * rate))} false alarms in ten images"
    every = round(1 / rate)
    every = every if every <= 10 else round(every, 1 - int(math.log10(every)))
    return f"one false alarm in {_number(every)} images"


def _number(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"
