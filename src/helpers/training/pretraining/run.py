"""Pretrain the backbones of a study on its train items, without labels and never on test items."""

import io
from collections.abc import Callable, Iterator
from time import monotonic as clock
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from helpers.core import cost, dotted_names, files, paths, progress
from helpers.core.errors import UserError
from helpers.core.records.pretraining import PretrainedBackbone, PretrainingRecord
from helpers.core.records.training import Epoch
from helpers.data import unlabelled
from helpers.data.dataset import Dataset
from helpers.data.image.resizing import resize
from helpers.data.unlabelled import Apart
from helpers.models.image import pretrained
from helpers.training import classifier
from helpers.training.labelled_splits import positions
from helpers.training.pretraining import collapse
from helpers.training.pretraining.learner import Learner

WHITE = np.float32(255)
RECORDED = ("name", "method", "image_size", "model", "max_tokens", "transductive")
WATCHED = 256  # held-out items whose features are computed at once
SHOWN, SAMPLES = 8, 256  # pictures in a row; samples that are searched for copies
SEEN = "{} has seen the test items in pretraining, without their labels (transductive)."
GROUPS = "{} learned from {}, where nobody can tell which items are of groups that are tested."
SCALED = (
    "{} of what {} learned from are of a size that no tested item has: copies may be among them."
)
FIXED = np.array([0, 1], np.int32)  # the seed of what is watched: the same in every epoch


class Pretrained(NamedTuple):
    """A backbone: what is recorded of it, its weights, and pictures or texts by their captions."""

    record: PretrainedBackbone
    weights: list[np.ndarray]
    pictures: dict[str, Any]


def pretrain(
    dataset: Dataset, asked: dict[str, Any], seed: int = 42, threads: int | None = None
) -> Pretrained:
    """Pretrain a backbone on the train items or another source, watched on validation.

    Test items are learned from only if it is transductive; of another source, their copies are left
    out. A UserError: no items, or a loss of no number.
    """
    name, best, history, alike = asked["name"], np.inf, list[Epoch](), (np.nan, np.nan)
    where = f"{dataset.study}: pretrain: {name}"
    with cost.cores(threads):
        warnings = classifier.prepare(seed, threads)
        module = f"helpers.training.pretraining.{asked['method'].replace('-', '_')}"
        learner: Learner = dotted_names.load(f"{module}.learner")(asked)
        source = _source(dataset, asked)
        learned, held = _read(dataset, source, asked, learner, where)
        for row in _epochs(learner, (learned, held), asked, seed):
            history.append(row)
            finite = all(np.isfinite(each).all() for each in learner.backbone.get_weights())
            if row.loss is None or row.validation is None or not finite:
                cure = f"lower the rate ({asked['rate']:g})"
                raise UserError(f"{where}: the loss is no number in epoch {row.epoch}: {cure}")
            if row.validation < best or not learner.keeps_best:
                kept, best, weights = row.epoch, row.validation, learner.backbone.get_weights()
    if len(history) < asked["epochs"]:
        ended = f"pretraining stopped in epoch {len(history)} of {asked['epochs']}"
        warnings.append(f"{name}: time_budget: {asked['time_budget']:g} s: {ended}.")
    drawn = learner.pictures(_scaled(held[np.linspace(0, len(held) - 1, SHOWN).astype(int)]), FIXED)
    learner.backbone.set_weights(weights)
    features = tf.function(learner.backbone, reduce_retracing=True)  # predict warns of retracing
    batches = np.split(held, range(WATCHED, len(held), WATCHED))
    rank = collapse.rank(np.concatenate([np.asarray(features(batch)) for batch in batches]))
    if learner.sample:
        alike = collapse.duplicates(_bytes(learner.sample(SAMPLES, FIXED)), held)
    record = PretrainedBackbone(
        **{key: asked[key] for key in RECORDED if key in asked},
        digest=pretrained.digest_of(weights),
        source="" if source is None else source.items.name,
        items=len(learned),
        copies=0 if source is None else source.copies,
        unreadable=0 if source is None else source.unreadable,
        kept=kept,
        rank=rank,
        duplicates=alike[0],
        history=history,
        doubts=_doubts(dataset, asked, source) + collapse.doubts(name, rank, alike),
        warnings=warnings,
    )
    pictures = {
        key: each if isinstance(each, list) else _bytes(each) for key, each in drawn.items()
    }
    return Pretrained(record, weights, pictures)


def save(study: str, made: list[Pretrained]) -> None:
    """Write backbones.npz, then pretraining.json."""
    content = io.BytesIO()
    named: Any = {f"{m.record.name}/{row}": w for m in made for row, w in enumerate(m.weights)}
    np.savez(content, **named)
    files.write_bytes(paths.build(study) / pretrained.WEIGHTS, content.getvalue())
    PretrainingRecord(study=study, backbones=[each.record for each in made]).write(study)


def _source(dataset: Dataset, asked: dict[str, Any]) -> Apart | None:
    """Find the items of another source to learn from, if one is named, without the study's."""
    if "data" not in asked:
        return None
    return unlabelled.apart(unlabelled.load(asked["data"], dataset.task), dataset)


def _doubts(dataset: Dataset, asked: dict[str, Any], source: Apart | None) -> list[str]:
    """Say what the backbone may know of the test items."""
    name, grouped = asked["name"], "group" in dataset.frame
    unknown = [GROUPS.format(name, source.items.name)] if source and grouped else []
    if source and source.scaled:
        unknown.append(SCALED.format(f"{source.scaled:,}", name))
    return [SEEN.format(name)] * asked["transductive"] + unknown


def _read(
    dataset: Dataset, source: Apart | None, asked: dict[str, Any], learner: Learner, where: str
) -> list[np.ndarray]:
    """Read what is learned from and what is watched: uint8 [N, S, S, 3], or tokens [N, T], each."""
    read = learner.read or (lambda image: resize(image, asked["image_size"]))
    sides = ("train", "test") if asked["transductive"] else ("train",)
    own = dataset.items, np.concatenate([positions(dataset, side) for side in sides])
    learned = own if source is None else (source.items, np.arange(len(source.items.frame)))
    watched = dataset.items, positions(dataset, "validation")
    found = []
    for (items, rows), what in ((learned, "to learn from"), (watched, "held out")):
        if len(rows) < 2:
            raise UserError(f"{where}: {len(rows)} item(s) {what}: two are needed at the least")
        found.append(np.stack([read(items.read(n)) for n in progress.track(rows.tolist(), what)]))
    return found


def _epochs(learner: Learner, images: Any, asked: dict[str, Any], seed: int) -> Iterator[Epoch]:
    """Yield the losses of each epoch; the last ends early where time runs out."""
    (learned, held), random = images, np.random.default_rng(seed)
    steps = [_step(*each, asked["rate"], learner.momentum) for each in learner.players]
    watch, size = tf.function(learner.players[0][1]), min(asked["batch_size"], len(learned))
    ends = clock() + (asked["time_budget"] or np.inf)
    parts = np.array_split(held, max(1, round(len(held) / size)))  # a loss may depend on the size
    for epoch in range(1, asked["epochs"] + 1):
        started, losses, order = clock(), [], random.permutation(len(learned))
        batches = np.split(order[: len(order) // size * size], len(order) // size)
        for rows in progress.track(batches, f"epoch {epoch}, batch"):
            batch, drawn = _scaled(learned[rows]), random.integers(0, 2**31 - 2, 2, np.int32)
            losses.append([float(step(batch, drawn)) for step in steps])
            if clock() > ends:
                break
        watched = float(np.mean([float(watch(_scaled(part), FIXED)) for part in parts]))
        loss = np.mean(losses, axis=0)[0] + 0 * np.sum(losses)  # no number if any of them is none
        spent = clock() - started
        yield Epoch(epoch=epoch, loss=loss, validation=watched, seconds=spent)
        if clock() > ends:
            return


def _step(network: keras.Model, of: Any, rate: float, momentum: float) -> Callable[..., Any]:
    """Make the function that learns from a batch and returns its loss before that."""
    variables, optimizer = network.trainable_variables, keras.optimizers.Adam(rate, momentum)
    optimizer.build(variables)

    def step(images: Any, seed: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = of(images, seed)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return tf.function(step)


def _scaled(items: np.ndarray) -> np.ndarray:
    return items / WHITE if items.dtype == np.uint8 else items


def _bytes(images: Any) -> np.ndarray:
    return np.round(255 * np.clip(np.asarray(images), 0, 1)).astype(np.uint8)
