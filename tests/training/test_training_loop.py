"""Training a whole network: where it starts, what it keeps, when it stops."""

from dataclasses import replace
from itertools import chain, count

import keras
import numpy as np
import pytest
from factories.dataset import made_dataset, positions

from helpers.data.image import augmentation
from helpers.training import classifier, linear_probe, training_loop, validation_score
from helpers.training.labelled_splits import LabelledSplits

OPTIONS = {
    "epochs": 3,
    "batch_size": 16,
    "rate": 1e-3,
    "warmup": 0.1,
    "patience": 3,
    "class_weight": None,
    "time_budget": None,
}


def backbone():
    keras.utils.set_random_seed(1)
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = keras.layers.Conv2D(8, 3, strides=2)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))


@pytest.fixture(scope="module")
def sides():
    data = made_dataset(gap=12)
    pictures = np.stack([data.example(row) for row in range(len(data.frame))])
    rows = [positions(data, side) for side in ("train", "validation")]
    return [training_loop.SplitInputs(pictures[row], data.labels[row]) for row in rows]


def varied(side, kinds):
    """Let a side's training batches be changed at random."""
    batch = lambda rows, generator: [augmentation.apply(side.inputs[rows], kinds, generator)]  # noqa: E731
    return replace(side, batch=batch)


@pytest.fixture(scope="module")
def choice(sides):
    features = [backbone().predict(side.inputs, verbose=0) for side in sides]
    labels = [side.labels for side in sides]
    rows = np.split(np.arange(sum(map(len, labels))), [len(labels[0])])
    splits = LabelledSplits(np.concatenate(labels), *rows, 2, "macro-f1")
    return linear_probe.fit(np.concatenate(features), splits, (0.01, 0.1, 1.0))


@pytest.fixture
def head(choice, sides):
    features = backbone().predict(sides[0].inputs, verbose=0)
    return training_loop.Head([*choice.trained.folded()], choice.trained.scores(features))


def tuned(sides, head, clock=None, **options):
    classifier.prepare(0)
    data = training_loop.TrainingData(*sides, 2)
    more = {} if clock is None else {"clock": clock}
    settings = training_loop.Settings(OPTIONS | options, "macro-f1", 0, **more)
    return training_loop.train(backbone(), data, head, settings)


def normalisation(network):
    [layer] = [each for each in network.layers if isinstance(each, keras.layers.BatchNormalization)]
    return [weight.numpy() for weight in layer.weights]


def test_epoch_0_is_the_probe(sides, head, choice):
    network = classifier.with_head(backbone(), 2, head.start)
    given = classifier.inference(network)(sides[1].inputs)
    features = backbone().predict(sides[1].inputs, verbose=0)
    assert np.allclose(given, choice.trained.scores(features), atol=1e-5)
    first = tuned(sides, head, epochs=1).history.iloc[0]
    assert (first["epoch"], first["phase"]) == (0, "probe")
    assert first["validation"] == pytest.approx(choice.value)


def test_normalisation_stays_as_pretrained_under_a_probe_only(sides, head):
    before = normalisation(backbone())
    kept = tuned(sides, head, rate=0.01)
    assert kept.history["phase"].tolist()[1:] == ["whole"] * (len(kept.history) - 1)
    network = classifier.with_head(backbone(), 2, head.start)
    network(sides[0].inputs.astype("float32"), training=True)
    assert all(map(np.array_equal, before, normalisation(network)))
    network = classifier.with_head(backbone(), 2, None)
    network(sides[0].inputs.astype("float32"), training=True)
    assert not all(map(np.array_equal, before, normalisation(network)))


def test_the_weights_kept_are_those_of_the_best_epoch(sides, head):
    wild = tuned(sides, head, rate=1.0, warmup=0, epochs=6, patience=2)
    assert wild.best == wild.history["validation"].idxmax()
    trained = wild.history["validation"].iloc[1:].idxmax()  # the start does not try one's patience
    assert len(wild.history) - 1 == min(6, trained + 2)
    scores = classifier.inference(wild.network)(sides[1].inputs)
    again = validation_score.score("macro-f1", sides[1].labels, scores)
    assert again == wild.value == wild.history["validation"].max()
    assert wild.value >= wild.history["validation"].iloc[0]


def test_two_trainings_give_the_same_bytes(sides, head):
    sides = [varied(sides[0], ("flip", "crop", "colour")), sides[1]]
    first, second = (tuned(sides, head) for _ in range(2))
    for a, b in zip(first.network.get_weights(), second.network.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    timeless = [each.history.drop(columns="seconds") for each in (first, second)]
    assert timeless[0].equals(timeless[1])


def test_training_learns_from_scratch(sides):
    result = tuned(sides, None, rate=0.02, epochs=8, patience=8, batch_size=4)
    assert result.history["phase"].iloc[0] == "random"
    assert result.value > result.history["validation"].iloc[0] + 0.2


def test_an_epoch_that_would_not_fit_is_not_started(sides, head):
    seconds = count(0.0)
    result = tuned(sides, head, clock=lambda: next(seconds), time_budget=3.0)
    assert result.history["epoch"].tolist() == [0] and result.best == 0
    assert "time_budget: 3 s: epoch 1 was not started" in result.warnings[0]


def test_an_epoch_that_gets_late_is_stopped_and_unused(sides, head):
    before = classifier.with_head(backbone(), 2, head.start).get_weights()
    times = chain([0.0, 1.0, 1.0], count(50.0, 50.0))  # a quick look, then every batch is slow
    result = tuned(sides, head, clock=lambda: next(times), time_budget=120.0)
    assert "epoch 1 was stopped" in result.warnings[0]
    assert all(map(np.array_equal, before, result.network.get_weights()))


def test_balanced_weights_make_classes_equal():
    labels = np.array([0] * 30 + [1] * 10)
    weights = training_loop.class_weights(labels, 2, {"class_weight": "balanced"})
    assert np.allclose(weights * [30, 10], 20)
    assert np.array_equal(training_loop.class_weights(labels, 2, {"class_weight": None}), [1, 1])


def test_padding_that_no_text_of_a_batch_needs_is_cut():
    lengths = np.array([3, 17, 9, 8])
    hidden, mask = np.ones((4, 32, 2)), (np.arange(32) < lengths[:, None]).astype(float)
    side = training_loop.SplitInputs((hidden, mask), np.zeros(4, int), lengths=lengths)
    shapes = [[each.shape[1] for each in side.take(np.array(rows), None)] for rows in ([0, 3], [1])]
    assert shapes == [[8, 8], [24, 24]]
    assert [batch.tolist() for batch in side.batches()] == [[0, 3, 2, 1]]
    assert side.take(np.array([1]), None)[1].sum() == 17
