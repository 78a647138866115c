"""Plain baselines: what they say, and that they see no test item."""

from dataclasses import replace

import numpy as np
import pytest
from factories.dataset import made_dataset, positions, relabelled
from factories.records import data_record
from scipy.special import softmax

from helpers.core import files, paths
from helpers.data import folds
from helpers.data.image.resizing import resize
from helpers.training import validation_score
from helpers.training.baselines import base, fit_baseline
from helpers.training.results import AdaptationRequest

OPTIONS = {"image_size": 8, "regularisation": (1e-2, 1e-1, 1.0, 10.0), "class_weight": None}
THREE = ("dark", "grey", "light")


def fitted(name, data, **options):
    request = AdaptationRequest(data, name, OPTIONS | options, "macro-f1", 0)
    return fit_baseline(request)


def test_the_majority_gives_the_frequencies_of_train():
    data = made_dataset(classes=THREE)
    made = fitted("majority", data)
    train = data.labels[positions(data, "train")]
    assert np.allclose(made.validation, np.bincount(train) / len(train))
    both = np.concatenate([train, data.labels[positions(data, "validation")]])
    assert np.allclose(made.scores(data, positions(data, "test")), np.bincount(both) / len(both))
    assert len(made.grid) == 0 and made.chosen == {}


def test_the_majority_of_equal_classes_is_right_on_half_of_them_in_folds(repository):
    """A fold holds more of the class of which the others hold less."""
    data = made_dataset(30)
    data.frame["label"] = np.tile(data.classes, 15)
    made = data.frame[["id"]].assign(repeat=0, fold=np.arange(30) // 3)
    files.write_parquet(paths.build(data.study) / "folds.parquet", made)
    data_record(data.study, split={"validation": 0.15, "seed": 42}).write(data.study)
    request, hits, alone = AdaptationRequest(data, "majority", OPTIONS, "macro-f1", 0), [], []
    for _, _, part in folds.parts(data):
        rows = positions(part, "test")
        said = fit_baseline(replace(request, dataset=part)).scores(part, rows).argmax(axis=1)
        left = np.delete(part.labels, rows)
        hits += (said == part.labels[rows]).tolist()
        alone += (np.bincount(left).argmax() == part.labels[rows]).tolist()
    assert np.mean(hits) == 0.5 and np.mean(alone) < 0.4


@pytest.mark.parametrize("classes", [("dark", "light"), THREE])
@pytest.mark.parametrize("name", ["pixels", "pixels-svm"])
def test_pixels_learn_what_is_plain_to_see(name, classes):
    data = made_dataset(classes=classes)
    made = fitted(name, data)
    test = positions(data, "test")
    scores = made.scores(data, test)
    assert scores.shape == (len(test), len(classes))
    assert np.allclose(scores.sum(axis=1), 1) and (scores >= 0).all()
    assert (scores.argmax(axis=1) == data.labels[test]).mean() > 0.9
    assert made.chosen["C"] in made.grid["parameter"].tolist()
    assert made.value == made.grid["validation"].max()


@pytest.mark.parametrize("name", ["majority", "pixels", "pixels-svm"])
def test_test_labels_change_nothing(name):
    data = made_dataset(gap=2)
    before, after = fitted(name, data), fitted(name, relabelled(data, "test"))
    assert before.chosen == after.chosen and before.value == after.value
    rows = positions(data, "test")
    assert np.array_equal(before.scores(data, rows), after.scores(data, rows))


def test_the_temperature_of_the_svm_lowers_its_log_loss():
    labels = np.array([0, 1] * 50)
    decisions = np.random.default_rng(0).normal(size=(100, 2))
    temperature = base.best_temperature(decisions, labels)
    calibrated, raw = softmax(decisions / temperature, axis=1), softmax(decisions, axis=1)
    assert validation_score.log_loss(labels, calibrated) < validation_score.log_loss(labels, raw)


def test_small_pictures_average_and_keep_their_mean():
    stripes = np.tile(np.array([0, 200], np.uint8)[None, :, None], (32, 16, 3))
    result = resize(stripes, 8)
    assert result.shape == (8, 8, 3) and abs(result.mean() - 100) < 3 and result.std() < 20
