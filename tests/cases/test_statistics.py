"""Intervals and gaps that promise what they do not hold, and answers that leave an error out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from factories.cases import fill, look, put, scene, sentence
from factories.records import data_record, metrics_record

from helpers.comparison import caveats, leaderboard, study_records
from helpers.core import files, paths
from helpers.data import preparation
from helpers.evaluation import slices
from helpers.metrics.calibration import calibration
from helpers.metrics.confusion_intervals import count_intervals
from helpers.metrics.slices import by_slice
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.report.figures import style


@pytest.mark.parametrize(
    ("kind", "right", "items"),
    [
        pytest.param("sure", 0.99, 200, id="confidence of 0.99 to 0.999999, right on 99 %"),
        pytest.param(1.0, 0.97, 50, id="confidence of 1, right on 97 %"),
        pytest.param(0.8, 0.9, 40, id="confidence of 0.8, right on 90 %"),
    ],
)
def test_the_interval_of_the_calibration_error_covers_the_true_one(kind, right, items):
    """A 95 % interval misses the true error in 12 % of all runs at most."""
    random, runs, missed = np.random.default_rng(0), 300, 0
    for seed in range(runs):
        sure = 1 - 10 ** -random.uniform(2, 6, items)
        confidence = sure if kind == "sure" else np.full(items, kind)
        hits = random.random(items) < right
        error = calibration(confidence, hits, Resampling(300, seed)).error
        true = abs(confidence.mean() - right)
        missed += not error.low - 1e-9 <= true <= error.high + 1e-9
    assert missed / runs <= 0.12


def test_the_interval_of_the_calibration_error_has_a_width():
    """Forty items of which 36 are right do not prove a confidence of 0.9 to the point."""
    assert calibration(np.full(40, 0.9), np.arange(40) >= 4).error.high >= 0.02


PAIRS = [(0, 0)] * 95 + [(0, 1)] * 5 + [(1, 1)] * 95 + [(1, 0)] * 5 + [(2, 0)] * 2


@pytest.mark.parametrize(
    "metric", ["macro-f1", "macro-recall", "macro-precision", "balanced-accuracy"]
)
def test_a_rare_class_stays_in_the_macro_average(metric):
    """Of two items none is found: with a recall of 0.66, Wilson's limit, 0.89 is the most."""
    truth, said = np.array(PAIRS).T
    assert count_intervals(truth, said, 3)[metric].high <= 0.88


def test_a_rare_class_stays_in_the_macro_average_of_groups():
    """The same holds where groups are drawn and not items."""
    truth, said = np.array(PAIRS).T
    intervals = count_intervals(truth, said, 3, Resampling(groups=np.arange(len(truth)) // 4))
    assert intervals["macro-f1"].high <= 0.9


@pytest.mark.parametrize(
    ("metric", "share"),
    [
        pytest.param("macro-f1", 1.0),
        pytest.param("macro-f1", 0.95),
        pytest.param("balanced-accuracy", 1.0),
        pytest.param("balanced-accuracy", 0.95),
    ],
)
def test_slices_of_another_mix_of_classes_are_not_called_worse(metric, share):
    """Two sites where nine in ten items of each class are right do not differ."""
    first = int(100 * share)
    truth = np.repeat([0, 1, 0, 1], [first, 100 - first, 100, 100])
    site = np.repeat(["X", "Y"], [100, 200])
    wrong = np.zeros(300, bool)
    for name in "XY":
        for label in (0, 1):
            wrong[np.flatnonzero((site == name) & (truth == label))[4::10]] = True
    said = np.where(wrong, 1 - truth, truth)
    tables = slices.tabulate(
        pd.DataFrame({"site": site}),
        ["site"],
        metric,
        lambda parts: by_slice(metric, truth, said, 2, parts),
    )
    lines = [line for line in slices.sentences(tables) if "no more" not in line]
    assert not any("more than chance explains" in line for line in lines)


@pytest.mark.parametrize("primary", ["macro-f1", "roc-auc", "macro-recall"])
def test_the_answer_says_which_class_was_not_tested(repository, primary):
    """Where a class has no test item, a paragraph of the comparison says so."""
    random, names = np.random.default_rng(0), np.array(list("abc"))
    labels = np.repeat([0, 1], 30)
    items = pd.DataFrame({"id": [f"i{number}" for number in range(60)], "split": "test"})
    items = items.assign(label=names[labels], path=items["id"])
    files.write_parquet(paths.build("s") / "splits.parquet", items)
    check = {"code": "D404", "title": "Classes absent from a side", "severity": "error"}
    check |= {"count": 1, "detail": "c in test"}
    data_record("s", classes=list(names), checks=[check]).write("s")
    for candidate, share in (("first", 0.9), ("second", 0.6)):
        said = np.where(random.random(60) < share, labels, 1 - labels)
        table = items.assign(prediction=names[said])
        for column, name in enumerate(names):
            table[f"score:{name}"] = np.where(said == column, 0.8, 0.1)
        files.write_parquet(paths.build("s", candidate) / "predictions.parquet", table)
        metrics_record("s", candidate).write("s", candidate)
    text = leaderboard.compare("s", ["first", "second"], primary, 200).text.lower()
    assert any(
        "class" in part and ("test" in part or "absent" in part) for part in text.split("\n\n")
    )


def caveats_of(source, task="image-classification"):
    """Give what the comparison says about data, or the line that refuses them."""
    prepared, said = look(source, task)
    if prepared is None:
        return [said]
    preparation.save("s", prepared, source)
    return caveats.of_data(study_records.read("s", []))


def test_a_class_without_a_test_item_stands_in_the_comparison(repository):
    """An error of the data page is a caveat of the answer."""
    random, base = np.random.default_rng(0), scene("a", 1, 64).astype(float)
    for number in range(60):
        pixels = np.clip(base + random.normal(0, 6, base.shape), 0, 255).astype("uint8")
        if number >= 30:
            top, left = random.integers(0, 61, 2)
            pixels[top : top + 3, left : left + 3] = 255
        put(repository / "set" / ("ok" if number < 30 else "dot") / f"{number}.png", pixels)
    assert caveats_of({"folder": "set"})


def test_conflicting_labels_stand_in_the_comparison(repository):
    """An error of the data page is a caveat of the answer."""
    fill(repository / "set", "ab", 30)
    for number in range(20):
        copied = (repository / "set/a" / f"{number}.png").read_bytes()
        (repository / "set/b" / f"copy{number}.png").write_bytes(copied)
    assert caveats_of({"folder": "set"})


def test_a_word_that_gives_the_label_away_stands_in_the_comparison(repository):
    """A shortcut on the data page is a caveat of the answer."""
    rows = [(sentence(n) + (" xxwin" if n % 2 else ""), "ab"[n % 2]) for n in range(80)]
    pd.DataFrame(rows, columns=["text", "label"]).to_csv("t.csv", index=False)
    assert caveats_of({"table": "t.csv"}, "text-classification")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u732b", id="Chinese"),
        pytest.param("\u0939\u093f\u0928\u094d\u0926\u0940", id="Hindi"),
        pytest.param("\u0e44\u0e17\u0e22", id="Thai"),
    ],
)
def test_class_names_are_drawn_in_a_font_that_has_them(name):
    """No two names are drawn as the same boxes."""
    values = pd.DataFrame({"value": [0.5], "low": [0.4], "high": [0.6]})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure, axes = style.rows([name], "")
        style.intervals(axes, values, [style.BLUE])
        style.show(figure, name)
    assert not any("missing from" in str(each.message) for each in caught)
