"""Harder tests: corrupted items and other sources, predicted once, scored with intervals."""

import pandas as pd
import pytest
from factories.texts import made_texts

from helpers.core import files, paths
from helpers.data import other_sources
from helpers.evaluation import domain_shift
from helpers.evaluation.robustness import by_corruption, sentence
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.training import extra_tests, fit
from helpers.training.results import AdaptationRequest

WORDS = {"regularisation": [1.0, 10.0], "class_weight": None}
WORDS |= {"fitted_on": "train", "ngrams": 1, "terms": "by-script", "sublinear": True}
PLAN = {"noises": ["casing", "dropped"], "severities": [0.1, 0.6], "items": 24}


def trained(data, robust=PLAN):
    files.write_parquet(paths.build(data.study) / "splits.parquet", data.frame)
    request = AdaptationRequest(data, "tfidf-logistic", WORDS, "accuracy", 0)
    candidate = fit.fit(request, "words", "baseline")
    fit.save(candidate, fit.predict(candidate))
    return candidate, extra_tests.predict(candidate, robust)


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
