"""The candidates in order and in pairs: ties by cost and name, ranks, the nearest one."""

import numpy as np
import pandas as pd
import pytest
from factories.records import training_record

from helpers.comparison import board
from helpers.comparison.board import PAIR, Board
from helpers.metrics.paired_tests import Pair
from helpers.metrics.statistics.intervals import Estimate


def rows(**candidates):
    return [
        board.row(
            training_record("made", name, cost={"items_per_second": speed} if speed else {}),
            Estimate(value, value - 0.1, value + 0.1, "made"),
            0.5,
        )
        for name, (value, speed) in candidates.items()
    ]


def test_equal_candidates_are_ordered_by_cost_then_name_and_undefined_ones_come_last():
    made = rows(z=(0.8, 10), a=(0.8, 10), fast=(0.8, 100), lost=(np.nan, 100), best=(0.9, None))
    table = board.in_order(made, "accuracy")
    assert table["candidate"].tolist() == ["best", "fast", "a", "z", "lost"]
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert [made[position]["candidate"] for position in table.index] == table["candidate"].tolist()
    assert board.in_order(made, "log-loss")["candidate"].tolist()[0] == "fast"


def test_equal_candidates_keep_their_order_where_timing_may_be_noise():
    for speeds in ((100, 110), (110, 100), (145, 100), (100, 145)):
        made = rows(**dict(zip("ba", ((0.8, speed) for speed in speeds), strict=True)))
        assert board.in_order(made, "accuracy")["candidate"].tolist() == ["a", "b"]
    made = rows(b=(0.8, 160), a=(0.8, 100), c=(0.8, 150), lost=(np.nan, 1), d=(0.8, None))
    assert board.in_order(made, "accuracy")["candidate"].tolist() == ["b", "c", "a", "d", "lost"]


def test_a_row_has_the_cost_in_milliseconds_and_nan_where_nothing_is_known():
    first, second = rows(known=(0.8, 50), unknown=(0.8, None))
    assert first["cost"] == 20 and np.isnan(second["cost"]) and np.isnan(second["parameters"])


def test_a_candidate_ties_unless_a_test_reaches_its_level():
    table = board.in_order(rows(a=(0.9, 1), b=(0.85, 1), c=(0.5, 1)), "accuracy")
    pairs = [
        Pair(a, b, difference, difference - 0.1, difference + 0.1, p=p, p_holm=p)
        for a, b, difference, p in ((0, 1, 0.05, 0.02), (0, 2, 0.4, 0.001), (1, 2, 0.35, 0.001))
    ]
    table, named = board.with_pairs(table, pairs, "accuracy", [0.03, 0.01, 0.03])
    assert table["tied"].tolist() == [True, True, False]
    assert table["verdict"].tolist() == ["first", "not told apart", "worse"]
    assert table[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert table["lead_high"].tolist()[1:] == pytest.approx([0.15, 0.5])
    assert named[["a", "b"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    lower = board.in_order(rows(a=(0.5, 1), b=(0.9, 1)), "log-loss")
    loss = [Pair(0, 1, -0.4, -0.5, -0.3, p=0.001, p_holm=0.001)]
    lower, _ = board.with_pairs(lower, loss, "log-loss", [0.05, 0.05], margin=0.6)
    assert lower[["lead", "lead_low", "lead_high"]].to_numpy()[1] == pytest.approx([0.4, 0.3, 0.5])
    assert lower["verdict"].tolist() == ["first", "the same in practice"]


def test_the_nearest_is_the_first_tied_candidate_that_answers_differently():
    table = pd.DataFrame(
        {
            "candidate": ["w", "copy", "next", "far"],
            "lead": [np.nan, 0.0, 0.01, 0.5],
            "p": [np.nan, 1.0, 0.8, 0.0],
        }
    )
    rest = pd.DataFrame(columns=PAIR), "accuracy", 10, Estimate(0.9, 0.8, 1.0, "made")
    tied = Board(table.assign(tied=[True, True, True, False]), *rest)
    alone = Board(table.assign(tied=[True, False, False, False]).iloc[[0, 3]], *rest)
    assert tied.nearest["candidate"] == "next" and alone.nearest["candidate"] == "far"
    assert Board(table.iloc[:1].assign(tied=False), *rest).nearest is None


def test_a_lead_that_the_stricter_test_does_not_show_may_be_none():
    table = board.in_order(rows(a=(0.9, 1), b=(0.85, 1), c=(0.5, 1)), "accuracy")
    pairs = [
        Pair(0, b, lead, lead - 0.02, lead + 0.02, p=0.02) for b, lead in ((1, 0.05), (2, 0.4))
    ]
    table, _ = board.with_pairs(table, pairs, "accuracy", [0.03, 0.01, 0.03])
    assert table["verdict"].tolist() == ["first", "not told apart", "worse"]
    assert table["lead_low"].tolist()[1:] == pytest.approx([0.0, 0.38])


def test_worse_is_what_the_test_against_the_first_says():
    """C is worse than b, not surely than a; d's test is sure where its interval is not."""
    table = board.in_order(rows(a=(0.9, 1), b=(0.88, 1), c=(0.8, 1), d=(0.7, 1)), "accuracy")
    found = ((0, 1, 0.5), (0, 2, 0.2), (0, 3, 0.01), (1, 2, 0.001), (1, 3, 0.01), (2, 3, 0.4))
    pairs = [Pair(a, b, 0.1, -0.01, 0.2, p=p, p_holm=p) for a, b, p in found]
    table, _ = board.with_pairs(table, pairs, "accuracy", [0.03] * 4)
    assert table["verdict"].tolist() == ["first", "not told apart", "not told apart", "worse"]
    assert table["lead_low"].tolist()[1:] == pytest.approx([-0.01, -0.01, 0.0])
    assert table["tied"].tolist() == [True, True, True, False]
