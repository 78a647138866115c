"""Alternatives take turns; their times are summarised by median and range."""

import pandas as pd

from helpers.benchmark import timing

TIMES = pd.DataFrame(
    {"way": ["a", "b", "a", "b", "a", "b"], "round": [1, 1, 2, 2, 3, 3]}
    | {"seconds": [2.0, 4.0, 1.0, 8.0, 4.0, 5.0]}
)


def test_ways_are_timed_in_turns():
    order = []
    ways = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    times = timing.interleaved(ways, repeats=3)
    assert order == ["a", "b"] * 3 and times["way"].tolist() == order
    assert (times["seconds"] >= 0).all()


def test_medians_and_extremes_in_seconds_and_in_items():
    seconds = timing.summary(TIMES).set_index("way")
    assert seconds.loc["a"].tolist() == [2.0, 1.0, 4.0]
    rates = timing.summary(TIMES, items=8)
    assert rates.set_index("way").loc["b"].tolist() == [1.6, 1.0, 2.0]
    assert timing.text(rates, "pictures/s").splitlines()[0] == "a     4.00 pictures/s [2.00, 8.00]"
