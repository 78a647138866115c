"""Detectors that are trained here: a light head on a network of images, frozen, tuned or random.

A probe trains the head on the frozen network's maps, a fine-tune then the layers above one at a
small rate, a control everything from random weights. Validation chooses the epoch.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers import models
from helpers.config.detection_options import DetectionProbeOptions
from helpers.core import code_digest, cost, progress, quiet_imports
from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.data.image.resizing import resize
from helpers.models.detection.detector import Detections, Detector
from helpers.models.image import layers
from helpers.models.inference import images, openvino
from helpers.models.kinds import ModelSpec
from helpers.training import detection_targets
from helpers.training.detection_results import DetectionRequest, DetectorResult, boxes_of
from helpers.training.labelled_splits import positions

if TYPE_CHECKING:  # TensorFlow is imported only once a network is trained
    from helpers.training.detection_training import Examples
    from helpers.training.training_loop import FineTuned

LARGEST = 6e4  # that is a number of half precision
SPLITS = ("train", "validation")
PHASES = {  # the weights that each adaptation starts with, and what is trained one after the other
    "probe": (None, ("head",)),
    "finetune": (None, ("head", "whole")),
    "scratch": ("none", ("whole",)),
}


def trained(request: DetectionRequest) -> DetectorResult:
    """Train a detector, or restore it from the cache, and compile it for inference."""
    quiet_imports.tensorflow()
    import keras

    from helpers.training import checkpoint_cache, classifier, detection_network

    warnings, data = classifier.prepare(request.seed, request.threads), request.dataset
    weights, phases = PHASES[request.adaptation]
    for name in SPLITS:
        if not len(boxes_of(data, name)):
            raise UserError(f"{data.study}: the {name} split has no box: give it a larger share")
    size = request.options["image_size"]
    loaded = models.load(request.model, weights, size, request.seed)
    maps = layers.maps(loaded.network, detection_network.STRIDES, request.model)
    head = detection_network.head([each.shape[1:] for each in maps.outputs], len(data.classes))
    whole = keras.Model(maps.input, head(maps.outputs), name="detector")
    key = checkpoint_cache.key(
        options={name: value for name, value in request.options.items() if name != "boxes"},
        phases=phases,
        seed=request.seed,
        threads=request.threads,
        data=data.digest,
        items=data.frame[["id", "split"]].to_csv(),
        backbone=loaded.card.digest,
        detection=code_digest.of_modules([__name__, "helpers.training.detection_training"]),
    )
    fitted = checkpoint_cache.restored_or_trained(
        key, lambda: whole, lambda: _fit(request, (maps, head, whole), phases)
    )
    running = openvino.compile(whole, (1, size, size, 3), "uint8", "float32", request.threads)
    infer, spec = running.shared(), ModelSpec(request.model, boxes=request.options["boxes"])

    def detect(image: np.ndarray) -> Detections:
        return detection_targets.boxes_in(infer(resize(image, size)[None])[0], image, spec)

    facts = loaded.about(whole, running)
    return DetectorResult(
        detector=Detector(
            *(request.model, data.classes, detect, running.name),
            parameters=whole.count_params(),
            gflops=facts["gflops"],
            cores=running.cores,
        ),
        value=fitted.value,
        chosen={"epoch": fitted.best},
        backbone={name: facts[name] for name in ("digest", "size", "preprocessing", "licence")}
        | {"maps": ", ".join(f"{each.shape[1]}x{each.shape[2]}" for each in maps.outputs)},
        history=fitted.history,
        warnings=warnings + fitted.warnings,
        fit_seconds=float(fitted.history["seconds"].sum()),
    )


def _fit(
    request: DetectionRequest, networks: tuple[Any, Any, Any], phases: tuple[str, ...]
) -> "FineTuned":
    """Train in each phase the part that belongs to it: the head, then the whole network."""
    from helpers.training import detection_network, detection_training
    from helpers.training.training_loop import FineTuned

    (maps, head, whole), best = networks, 0
    run = detection_training.Run(request.options["time_budget"], request.seed, request.clock)
    for phase in phases:
        own = phase == phases[-1]
        options = request.options if own else DetectionProbeOptions().model_dump()
        with cost.Stopwatch() as reading:
            train, validation = (_split(request, name, maps, phase == "head") for name in SPLITS)
        if not run.history:
            detection_network.start(head, train.wanted)
        if phase == "whole":
            _thaw(request, maps, head, frozen=len(phases) > 1)
        first = len(run.history)
        best = run.train(head if phase == "head" else whole, (train, validation), options, phase)
        run.history[first]["seconds"] += reading.seconds
    history = pd.DataFrame(run.history)
    return FineTuned(whole, history, best, history["validation"][best], run.warnings)


def _split(request: DetectionRequest, name: str, maps: Any, frozen: bool) -> "Examples":
    """Read the images of a split once: as maps float16 or as pixels uint8, to stay in memory."""
    import keras

    from helpers.training.detection_training import Examples

    data, rows = request.dataset, positions(request.dataset, name)
    shapes, what = np.zeros((len(rows), 2), int), f"{name} images"
    size, cells = maps.input_shape[1], maps.outputs[0].shape[1]

    def read(row: int) -> np.ndarray:
        image: np.ndarray = data.example(int(rows[row]))
        shapes[row] = image.shape[:2]
        return resize(image, size)

    every = range(len(rows))
    if frozen:
        layer = keras.layers
        flat = [layer.Flatten()(each) for each in maps.outputs]
        joined = layer.Concatenate()(flat) if len(flat) > 1 else flat[0]
        values = images.compile(keras.Model(maps.input, joined), request.threads).run(
            read, every, what
        )
        ends = np.cumsum([each.shape[1] for each in flat])[:-1]
        values = np.clip(values, -LARGEST, LARGEST).astype(np.float16)
        parts = np.split(values, ends, axis=1)
        shaped = zip(parts, maps.outputs, strict=True)
        inputs = [part.reshape(-1, *each.shape[1:]) for part, each in shaped]
    else:
        inputs = [np.stack([read(row) for row in progress.track(every, what, len(rows))])]
    return Examples(inputs, _wanted(data, rows, shapes, cells))


def _wanted(data: Dataset, rows: np.ndarray, shapes: np.ndarray, cells: int) -> np.ndarray:
    """Return what is to be said of some images, float16 [N, cells, cells, classes + 6]."""
    codes, classes = pd.Index(data.classes).get_indexer(data.boxes["label"]), len(data.classes)
    of = data.boxes.groupby("id", sort=False).indices
    ids = data.frame["id"].to_numpy()[rows]
    found = [of.get(name, np.zeros(0, int)) for name in ids]
    return np.stack(
        [
            detection_targets.of_image(data.boxes.iloc[own], codes[own], shape, cells, classes)
            for own, shape in zip(found, shapes, strict=True)
        ]
    )


def _thaw(request: DetectionRequest, maps: Any, head: Any, frozen: bool) -> None:
    """Let the network be trained too; ``frozen`` statistics of batches stay as they are."""
    import keras

    from helpers.training import classifier

    above, below = request.options.get("above"), set[int]()
    if above:
        lower = layers.up_to(maps, above, request.model)
        below = {id(each) for each in lower._flatten_layers()}
    for inner in [*maps._flatten_layers(), *head._flatten_layers()]:
        if isinstance(inner, keras.Model):
            continue
        batch = isinstance(inner, keras.layers.BatchNormalization)
        inner.trainable = id(inner) not in below and not (batch and frozen)
        if batch and not frozen:
            inner.momentum = classifier.MOMENTUM
