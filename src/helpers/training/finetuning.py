"""A network is trained: from its probe's solution, or from random weights."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import softmax

from helpers import models
from helpers.config.options import ProbeOptions
from helpers.core import cost, quiet_imports
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.inference import devices
from helpers.training import results
from helpers.training.labelled_splits import positions
from helpers.training.probing import features_of, probe_on
from helpers.training.results import AdaptationRequest, NetworkResult

if TYPE_CHECKING:  # TensorFlow is imported only once a network is trained
    from helpers.training.training_loop import FineTuned, Head, SplitInputs

NOT_IN_BACKBONE = ("parameters", "gflops", "engine")  # facts that training.json has under cost


def finetune(request: AdaptationRequest) -> NetworkResult:
    """Train the network, or what lies above a layer of it, from the probe's solution."""
    quiet_imports.tensorflow()
    from helpers.training import classifier, training_loop

    warnings = classifier.prepare(request.seed, request.threads)
    frozen, splits = features_of(request), request.splits
    with cost.Stopwatch() as watch:
        probe = probe_on(request, frozen.values, ProbeOptions().regularisation)
    probe_seconds = watch.seconds + frozen.seconds * len(splits.both) / len(frozen.values)
    start = [array.astype(np.float32) for array in probe.trained.folded()]
    head = training_loop.Head(start, probe.trained.scores(frozen.values[splits.train]))
    result = _trained(request, request.options["weights"], head)
    cut = {name: value for name, value in frozen.backbone.items() if name in ("cut", "pieces")}
    return replace(
        result,
        chosen=result.chosen | {"C": probe.regularisation},
        backbone=result.backbone | cut,
        fit_seconds=result.fit_seconds + probe_seconds,
        grid=probe.grid,
        warnings=warnings + probe.warnings + result.warnings,
    )


def train_from_scratch(request: AdaptationRequest) -> NetworkResult:
    """Train the same network from random weights."""
    quiet_imports.tensorflow()
    from helpers.training import classifier

    warnings = classifier.prepare(request.seed, request.threads)
    result = _trained(request, "none", None)
    return replace(result, warnings=warnings + result.warnings)


def _trained(request: AdaptationRequest, weights: str | None, head: "Head | None") -> NetworkResult:
    """Train a network, or restore it from the cache, and compile it for inference."""
    from helpers.training import checkpoint_cache, classifier

    dataset, classes = request.dataset, request.splits.classes
    modality = tasks.get(dataset.task).modality
    backbone = models.load(request.model, weights, request.size, request.seed, modality)
    backbone = backbone.unfrozen(request.options)
    start = head.start if head else None
    key = checkpoint_cache.key(
        options=request.options,
        primary=request.primary,
        seed=request.seed,
        threads=request.threads,
        data=dataset.digest,
        items=dataset.frame[["id", "split", "label"]].to_csv(),
        backbone=backbone.card.digest,
        engine=backbone.card.engine(),
        size=backbone.size,
        head=[hashlib.sha256(array.tobytes()).hexdigest() for array in start or []],
    )
    tuned = checkpoint_cache.restored_or_trained(
        key,
        lambda: classifier.with_head(backbone.network, classes, start),
        lambda: _train(request, backbone, head),
    )
    running = backbone.compile(tuned.network, request.threads)

    def scores(other: Dataset, rows: np.ndarray) -> np.ndarray:
        logits = running.run(other.example, rows)
        return softmax(logits.astype(np.float64), axis=1)

    facts, doubts = backbone.about(tuned.network, running), []
    if devices.precision() != devices.EXACT:
        rows = request.splits.validation[features.sample(request.splits.validation)]
        with devices.exactly():
            exact = backbone.compile(tuned.network, request.threads).run(dataset.example, rows)
        doubts = [results.precision_effect(scores(dataset, rows), softmax(exact, axis=1))]
    return NetworkResult(
        value=tuned.value,
        validation=scores(dataset, request.splits.validation),
        scores=scores,
        chosen={"epoch": tuned.best},
        backbone={name: fact for name, fact in facts.items() if name not in NOT_IN_BACKBONE},
        fit_seconds=float(tuned.history["seconds"].sum()),
        parameters=backbone.parameters + (backbone.dimension + 1) * classes,
        gflops=facts["gflops"],
        engine=facts["engine"],
        history=tuned.history,
        doubts=doubts,
        warnings=tuned.warnings,
        network=backbone.whole(tuned.network),
    )


def _train(request: AdaptationRequest, backbone: Any, head: "Head | None") -> "FineTuned":
    from helpers.training import training_loop

    with cost.Stopwatch() as reading:
        names = ("train", "validation")
        train, validation = (_inputs(request, name, backbone) for name in names)
        data = training_loop.TrainingData(train, validation, request.splits.classes)
    settings = training_loop.Settings(request.options, request.primary, request.seed)
    tuned = training_loop.train(backbone.network, data, head, settings)
    tuned.history.loc[0, "seconds"] += reading.seconds  # frozen lower layers run here, once
    return tuned


def _inputs(request: AdaptationRequest, split: str, backbone: Any) -> "SplitInputs":
    """Read the items of a split once, as the network is trained on them, to stay in memory."""
    from helpers.training import training_loop

    dataset, rows = request.dataset, positions(request.dataset, split)
    augmentations = request.options.get("augment", ()) if split == "train" else ()
    what = f"{split} {dataset.items.modality.MANY}"
    inputs = backbone.inputs(dataset.example, rows, what, augmentations)

    def batch(batch_rows: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
        return [backbone.varied(np.take(inputs, batch_rows, axis=-4), augmentations, generator)]

    labels = dataset.labels[rows]
    own = (batch if augmentations else None, backbone.lengths(inputs))
    return training_loop.SplitInputs(inputs, labels, *own)
