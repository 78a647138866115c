"""Harder tests: changed items and other sources, predicted once, scored with intervals."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.dataset import made_dataset
from factories.texts import made_texts

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data import other_sources
from helpers.data.image.corruptions import blur, dark, grain
from helpers.data.text.corruptions import casing, dropped, typos
from helpers.evaluation import domain_shift
from helpers.evaluation.robustness import by_corruption, sentence
from helpers.metrics.correlation import pearson
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.training import extra_tests, fit, robustness
from helpers.training.results import AdaptationRequest

WORDS = {"regularisation": [1.0, 10.0], "class_weight": None}
WORDS |= {"fitted_on": "train", "ngrams": 1, "sublinear": True}
PLAN = {"noises": ["casing", "dropped"], "severities": [0.1, 0.6], "items": 24}


def trained(data, robust=PLAN):
    files.write_parquet(paths.build(data.study) / "splits.parquet", data.frame)
    request = AdaptationRequest(data, "tfidf-logistic", WORDS, "accuracy", 0)
    candidate = fit.fit(request, "words", "baseline")
    fit.save(candidate, fit.predict(candidate))
    return candidate, extra_tests.predict(candidate, robust)


@pytest.mark.parametrize("kind", [casing, typos, dropped])
def test_noise_concerns_its_share_of_the_letters_and_no_other_sign(kind):
    text = "the quick brown fox, 12 of them; " * 60
    changed = kind(text, 0.2, np.random.default_rng(0))
    letters = sum(map(str.isalpha, text))
    if kind is dropped:
        share = (len(text) - len(changed)) / letters
        assert [c for c in changed if not c.isalpha()] == [c for c in text if not c.isalpha()]
    else:
        share = sum(a != b for a, b in zip(text, changed, strict=True)) / letters
    assert share == pytest.approx(0.2, abs=0.03)
    assert kind(text, 0.0, np.random.default_rng(0)) == text
    assert kind("x", 1.0, np.random.default_rng(0))


def test_typos_stay_within_their_words_in_any_alphabet():
    text = "это был очень хороший фильм, я не спал! 好 the café"
    for severity in (0.3, 1.0):
        changed = typos(text, severity, np.random.default_rng(0))
        assert changed != text and len(changed) == len(text)
        for before, after in zip(text.split()[:9], changed.split()[:9], strict=True):
            assert sorted(before) == sorted(after)
        assert all(a == b for a, b in zip(text, changed, strict=True) if not a.isalpha())


def test_all_letters_dropped_leave_one_to_read():
    every = [dropped(text, 1.0, np.random.default_rng(0)) for text in ("abc", " ab\n")]
    assert every == ["a", "a"]
    assert dropped("abc, 12", 1.0, np.random.default_rng(0)) == ", 12"


@pytest.mark.parametrize("kind", [blur, grain, dark])
def test_pictures_stay_pictures(kind):
    picture = np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8)
    changed = kind(picture, 0.5, np.random.default_rng(0))
    assert changed.shape == picture.shape and changed.dtype == np.uint8
    assert (changed != picture).any()
    assert (kind(picture, 0.0, np.random.default_rng(0)) == picture).all()


def test_changed_items_depend_on_their_ids_alone(repository):
    data = made_texts()
    many = robustness.corrupted(data, PLAN, 0)
    few = robustness.corrupted(data, {**PLAN, "noises": ["dropped"], "severities": [0.6]}, 0)
    assert len(many.frame) == 4 * 24 and set(many.frame["split"]) == {"test"}
    named = {name: row for row, name in enumerate(many.frame["id"])}
    for row, name in enumerate(few.frame["id"]):
        assert few.example(row) == many.example(named[name])
    assert few.digest != many.digest != robustness.corrupted(data, PLAN, 1).digest
    with pytest.raises(UserError, match="did you mean 'typos'"):
        robustness.corrupted(data, {**PLAN, "noises": ["typo"]}, 0)


def test_pictures_can_be_changed_too(repository):
    plan = {"noises": ["dark"], "severities": [0.5], "items": 10}
    given = robustness.corrupted(made_dataset(), plan, 0)
    assert (
        given.example(3).mean() < 0.7 * made_dataset().example(int(given.frame["item"][3])).mean()
    )


def test_the_curve_starts_at_the_unchanged_items_and_falls(repository):
    data = made_texts()
    _, said = trained(data)
    assert "96 corrupted texts" in said[0]
    curve = by_corruption("tiny", "words", "accuracy", Resampling(200, 42))
    assert curve["severity"].tolist() == [0.0, 0.1, 0.6] * 2 and (curve["n"] == 24).all()
    assert ((curve["low"] <= curve["value"]) & (curve["value"] <= curve["high"])).all()
    by = curve.set_index(["noise", "severity"])["value"]
    assert by["casing", 0.6] == by["casing", 0.0] > 0.9  # lower case is read anyway
    assert by["dropped", 0.6] < by["dropped", 0.0] - 0.2
    words = sentence(curve)
    assert "is dropped: accuracy" in words and f"{by['dropped', 0.6]:.3f}" in words
    assert words.endswith("casing.")
    trained(data, None)
    assert not len(by_corruption("tiny", "words", "accuracy", Resampling(200, 42)))


def made_curve(metric="accuracy", changed=3, **ends):
    """Make a curve of two points for each noise, from its value unchanged and at its strongest."""
    rows = [
        {"noise": noise, "severity": severity, "n": 50, "changed": changed * (severity > 0)}
        | {"metric": metric, "value": value, "low": value - 0.1, "high": value + 0.1}
        for noise, values in ends.items()
        for severity, value in zip((0.0, 0.3), values, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "ends, metric, facts",
    [
        ({"grain": (0.92, 0.93), "blur": (0.92, 0.90)}, "accuracy", ["blur", "0.920", "0.900"]),
        ({"grain": (0.3, 0.5), "blur": (0.3, 0.1)}, "log-loss", ["grain", "0.300", "0.500"]),
        ({"grain": (np.nan, np.nan), "blur": (0.9, 0.8)}, "accuracy", ["blur", "0.900", "0.800"]),
    ],
)
def test_the_corruption_that_costs_most_is_named(ends, metric, facts):
    words = sentence(made_curve(metric, **ends))
    assert all(fact in words for fact in facts)
    assert sum(name in words for name in ends) == 1


@pytest.mark.parametrize(("value", "changed"), [(0.93, 3), (0.92, 0)])
def test_a_corruption_that_costs_nothing_is_not_said_to_cost(value, changed):
    words = sentence(made_curve(grain=(0.92, value), changed=changed))
    assert "50 test items" in words and "grain" not in words and "0.9" not in words


def test_where_no_value_is_defined_nothing_is_said():
    assert sentence(made_curve(grain=(np.nan, np.nan))) == ""


def test_every_source_is_trained_and_tested_on(repository, monkeypatch):
    home, away = made_texts(), made_texts(study="tiny/shift/away", seed=1)
    monkeypatch.setattr(other_sources, "others", lambda study: {"away": away})
    _, said = trained(home, None)
    assert said == ["The test texts of 2 sources were predicted once by each of 2 fits."]
    matrix = domain_shift.by_source("tiny", "words", "accuracy", Resampling(200, 42))
    pairs = list(zip(matrix["trained_on"], matrix["tested_on"], strict=True))
    assert pairs == [("tiny", "tiny"), ("tiny", "away"), ("away", "tiny"), ("away", "away")]
    assert (matrix["value"] > 0.8).all() and (matrix["n"] == 30).all()
    table = pd.read_parquet(paths.build("tiny", "words") / "predictions.parquet")
    own = (table["prediction"] == table["label"])[table["split"] == "test"].mean()
    assert matrix["value"][0] == pytest.approx(own)
    value = f"{matrix['value'][1]:.3f}"
    assert f"{own:.3f}" in domain_shift.sentence(matrix)
    assert f"{value} (away)" in domain_shift.sentence(matrix)


def test_a_source_of_other_classes_is_one_line(repository):
    def own(*classes):
        items = SimpleNamespace(task="text-classification")
        return SimpleNamespace(classes=classes, items=items)

    rows = {"text": ["some words", "other words"] * 20, "label": ["x", "y"] * 20}
    pd.DataFrame(rows).assign(text=[f"{t} {n}" for n, t in enumerate(rows["text"])]).to_csv(
        repository / "t.csv", index=False
    )
    split = {"test": 0.25, "validation": 0.15, "seed": 1}
    source = {"table": {"file": "t.csv"}}
    with pytest.raises(UserError, match="its classes are x, y, not a, b"):
        other_sources.prepare("s", [source], own("a", "b"), split, None, 0)
    found = other_sources.prepare("s", [source], own("x", "y"), split, 20, 0)
    assert found["items in all"].tolist() == [40] and found["test"].tolist() == [5]
    assert list(other_sources.others("s")) == ["t-csv"]


def test_the_correlation_is_that_of_numpy_and_its_interval_covers():
    random, true, covered, runs = np.random.default_rng(0), 0.7, 0, 200
    for run in range(runs):
        x = random.normal(size=150)
        y = true * x + np.sqrt(1 - true**2) * random.normal(size=150)
        found = pearson(x, y, Resampling(400, run))
        assert found.value == pytest.approx(np.corrcoef(x, y)[0, 1])
        covered += found.low <= true <= found.high
    assert 0.90 <= covered / runs <= 0.98  # 95 % within three standard errors of 200 runs


def test_the_correlation_draws_whole_groups_and_says_where_there_is_none():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 10)
    shared = np.repeat(random.normal(size=30), 10)
    x, y = shared + 0.1 * random.normal(size=300), shared + 0.1 * random.normal(size=300)
    single, whole = pearson(x, y, Resampling(400)), pearson(x, y, Resampling(400, 0, groups))
    assert whole.value == pytest.approx(single.value) and "groups" in whole.method
    nearly = np.full(9, 0.1) + np.arange(9) * 1e-17  # what rounding leaves of equal scores
    assert np.isnan(pearson(nearly, np.arange(9.0)).value)
