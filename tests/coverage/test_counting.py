"""Promises are counted alike on any number of cores, and a broken one is called broken."""

import numpy as np
import pytest
from factories import promises, worlds
from factories.repository import REPOSITORY
from joblib import parallel_config
from scipy.stats import binom

from helpers.core import dotted_names
from helpers.coverage import counting
from helpers.metrics import registry

CELLS = counting.cells(REPOSITORY / "tests" / "factories" / "promises.yaml")
FEW = 12


def cell(kind="a kind", world="a world", **more):
    return {
        "kind": kind,
        "world": world,
        "items": 30,
        "trial": "factories.promises.seeds",
        "arguments": [3],
    } | more


def a_try(kept, width=0.2):
    return {"a promise": (kept, width)}


@pytest.fixture
def every_fifth(monkeypatch):
    """Promise something that one try in five breaks."""
    fair = lambda items, random: a_try(random.random() > 0.2)  # noqa: E731
    monkeypatch.setattr(promises, "breaks", fair, False)


def test_every_metric_has_a_cell_where_its_interval_is_tried():
    tried, draw = set(), worlds.Draw(60, np.random.default_rng(0), 20)
    for world, *more in {
        counting._frozen(e["arguments"]) for e in CELLS if e["arguments"] and "only" not in e
    }:
        if hasattr(worlds, str(world)):
            tried |= getattr(worlds, world)(draw, *more).keys()
    assert registry.METRICS.keys() <= tried


def test_no_two_cells_are_one_and_all_can_be_tried():
    names = [(each["kind"], each["world"]) for each in CELLS]
    assert len(set(names)) == len(names)
    assert all(callable(dotted_names.load(each["trial"])) for each in CELLS)


@pytest.fixture
def rough_truths(monkeypatch):
    """Take fewer items for the truth: few tries do not tell."""
    monkeypatch.setattr(promises, "HUGE", 10_000)
    promises._truth.cache_clear()
    yield
    promises._truth.cache_clear()


def test_the_promises_are_not_refuted_by_a_few_tries(rough_truths):
    """The short form of `make coverage`: the same tries each time, the cheapest world of each."""
    smallest = {}
    for each in sorted(CELLS, key=lambda each: each["items"]):
        smallest.setdefault((each["kind"], each["trial"], str(each["arguments"])[:14]), each)
    table = counting.count(list(smallest.values()), FEW, 1e6, 1)
    least = np.array([counting.HOLDS[promised][0] for promised in table["promised"]])
    surely = binom.cdf((table["found"] * table["tries"]).round(), table["tries"], least) < 1e-5
    failed = table[surely & (table["why"] == "")]
    assert not len(failed), failed.to_string()
    assert surely.any()  # what cannot hold is found in as few tries
    assert table["found"].mean() > 0.9


def test_a_promise_that_is_broken_is_called_broken(every_fifth):
    [row] = counting.count(
        [cell(trial="factories.promises.breaks", arguments=[])], 200, 1e6, 1
    ).to_dict("records")
    assert row["verdict"] == "fails" and row["high"] < 0.925
    why = {"a promise": "the world is unfair"}
    [row] = counting.count(
        [cell(trial="factories.promises.breaks", arguments=[], cannot=why)], 200, 1e6, 1
    ).to_dict("records")
    assert row["verdict"] == "cannot hold" and row["why"] == "the world is unfair"


@pytest.mark.parametrize(
    ("promised", "tries", "hits", "expected"),
    [
        (0.95, 2000, 1900, "holds"),
        (0.95, 2000, 1875, "holds"),  # the lower bound is 92.5 %
        (0.95, 2000, 1855, "fails"),
        (0.95, 2000, 1980, "conservative"),
        (0.95, 100, 95, "open"),
        (0.95, 100, 100, "conservative"),
        (0.95, 100, 80, "fails"),
        (0.8, 2000, 1600, "holds"),
        (0.8, 2000, 1500, "fails"),
        (0.8, 2000, 1700, "fails"),
        (0.8, 100, 75, "open"),
    ],
)
def test_verdicts(promised, tries, hits, expected):
    outcomes = [a_try(number < hits) for number in range(tries)]
    [row] = counting.judged(cell(promised=promised), outcomes)
    assert row["verdict"] == expected
    assert row["low"] < row["found"] <= row["high"] and row["width"] == pytest.approx(0.2)


def test_what_is_undefined_is_no_try():
    outcomes = [a_try(1.0)] * 3 + [a_try(np.nan, np.nan)] * 2
    [row] = counting.judged(cell(), outcomes)
    assert row["tries"] == 3 and row["found"] == 1


def test_the_number_of_cores_and_the_order_change_nothing():
    several = [cell(world="one"), cell(world="two", arguments=[2])]
    one = counting.count(several, 30, 1e6, 1).fillna(0)
    with parallel_config("threading"):
        two = counting.count(several[::-1], 30, 1e6, 2).fillna(0)
    keys = ["world", "promise"]
    assert one.sort_values(keys).to_dict("records") == two.sort_values(keys).to_dict("records")
    assert one["width"].nunique() > 1  # every world has seeds of its own


def test_slow_worlds_are_tried_less_often_where_minutes_are_few(monkeypatch):
    clock = [0.0]

    def slow(items, random):
        clock[0] += 0.5 if clock[0] else 30.0  # the first try finds the truth
        return a_try(random.random() < 0.95)

    for name in ("perf_counter", "monotonic"):
        monkeypatch.setattr(counting.time, name, lambda: clock[0])
    monkeypatch.setattr(promises, "slow", slow, False)
    table = counting.count([cell(trial="factories.promises.slow", arguments=[])], 2000, 1.5, 1)
    assert 110 < table["tries"][0] <= 122 and clock[0] == pytest.approx(90, abs=1)


def test_a_world_is_left_when_it_is_settled(every_fifth, monkeypatch):
    monkeypatch.setattr(promises, "keeps", lambda items, random: a_try(True), False)
    trials = [
        cell(trial=f"factories.promises.{name}", arguments=[]) for name in ("breaks", "keeps")
    ]
    table = counting.count(trials, 2000, 1e6, 1)
    assert table["verdict"].tolist() == ["fails", "conservative"] and table["tries"].max() <= 400
    power = counting.count([trials[0] | {"promised": 0.8}], 2000, 1e6, 1)
    assert power["tries"].tolist() == [2000] and power["verdict"].tolist() == ["holds"]


def test_more_items_show_the_truth():
    """The truth of a world is what very many items show, where a formula gives it too."""
    found = promises._truth("numbers", 0.5)["correlation"]
    assert found == pytest.approx(0.5, abs=0.01)
    shares = promises._truth("groups", 0.8, 0.3)
    assert shares["share"] == pytest.approx(0.8, abs=0.01)
    assert promises._truth("scores", (0.9, 0.1), 1.0)["roc-auc"] == pytest.approx(0.8413, abs=0.01)


def test_time_that_quick_worlds_leave_goes_to_slow_ones():
    seconds = np.array([0.001, 0.1, 0.4])
    goals = counting._goals(seconds, 2000, 102.0)
    assert goals[0] == 2000  # two seconds; the others have fifty each
    assert goals[1:] == [500, 125]
    assert counting._goals(seconds, 2000, 1e9) == [2000] * 3
