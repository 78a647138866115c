"""Intervals on one scale."""

from helpers.report.pages.interval_bars import Bar, scaled


def test_a_distant_baseline_leaves_the_others_room_and_is_a_mark_at_the_edge():
    near = [(0.969, 0.984, 0.993), (0.945, 0.966, 0.981), (0.938, 0.959, 0.976)]
    bars, ends = scaled([*near, (0.014, 0.019, 0.029), None])
    assert ends == ("0.897", "0.993") and bars[3:] == [Bar(outside="left"), None]
    assert all(bar.width > 20 for bar in bars[:3])
    rates, ends = scaled([(0.1, 0.2, 0.3), (0.2, 0.3, 0.4), (1.0, 1.0, 1.0)])
    assert rates[2] == Bar(outside="right") and ends == ("0.100", "0.700")


def test_a_single_value_and_no_value_have_a_scale_or_none():
    assert scaled([(1.0, 1.0, 1.0)]) == ([Bar(0, 0, 0)], ("1.000", "1.000"))
    assert scaled([None]) == ([None], None)
