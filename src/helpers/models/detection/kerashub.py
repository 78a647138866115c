"""Detectors of KerasHub by preset, from a hub or a folder, with their own preprocessing."""

from typing import Any

import numpy as np

from helpers.core import quiet_imports
from helpers.core.errors import UserError, reason
from helpers.models import presets
from helpers.models.card import trainable_parameters
from helpers.models.detection import class_names, post_processing
from helpers.models.detection.detector import Detections, Detector, DetectorCard
from helpers.models.inference import openvino
from helpers.models.kinds import ModelSpec

LARGEST = 2048  # pixels of a side: Keras pads before it scales, which would take gigabytes
OVERLAP = 0.5


def card(spec: ModelSpec) -> DetectorCard:
    """Describe a preset: a name such as ``retinanet_resnet50_fpn_coco``, a handle, or a folder."""
    source, content = presets.located(spec.reference)
    count = int(_opened(spec.name, source, False).num_classes)
    names, known = class_names.of_file(spec.names, spec.name), (class_names.COCO, class_names.BY_ID)
    _, names = class_names.fitting(names, [count], known, spec.name)
    return DetectorCard(
        name=spec.name,
        licence=presets.LICENCE,
        reads="the image as the preset's converter scales it",
        classes=names,
        made_of={
            "kerashub": content,
            "read": [names, spec.score, spec.boxes],
            "engine": openvino.planned(),
        },
        load=lambda threads: _load(spec, source, names, threads),
        modules=(__name__, class_names.__name__, post_processing.__name__, openvino.__name__),
    )


def _opened(name: str, source: str, weights: bool) -> Any:
    quiet_imports.tensorflow()
    import keras_hub

    with presets.loading(name, "object detector"):
        return keras_hub.models.ObjectDetector.from_preset(source, load_weights=weights)


def traced(detector: Any, size: tuple[int, int]) -> Any:
    """Trace float32 [1, height, width, 3] -> [1, N, 4 + K], corners and scores of every box."""
    import keras
    import keras_hub
    import tensorflow as tf

    logits = getattr(detector.prediction_decoder, "from_logits", True)
    is_fine = isinstance(detector, keras_hub.models.DFineObjectDetector)
    source = "yxyx" if is_fine else detector.bounding_box_format
    detector._prediction_decoder = _Everything(source)  # or it would keep a few sure boxes

    def run(images: Any) -> Any:
        found = detector.decode_predictions(detector(images, training=False), images)
        corners = keras.utils.bounding_boxes.convert_format(
            found["boxes"], source=source, target="xyxy", height=size[0], width=size[1]
        )
        scores = keras.ops.sigmoid(found["scores"]) if logits else found["scores"]
        return tf.concat([corners, scores], -1)

    return tf.function(run, autograph=False).get_concrete_function(tf.TensorSpec((1, *size, 3)))


class _Everything:
    """Stands where a preset chooses among its boxes, and keeps them all."""

    def __init__(self, bounding_box_format: str) -> None:
        self.bounding_box_format = bounding_box_format

    def __call__(self, boxes: Any, scores: Any, images: Any = None) -> dict[str, Any]:
        return {"boxes": boxes, "scores": scores}


def _load(spec: ModelSpec, source: str, names: tuple[str, ...], threads: int | None) -> Detector:
    detector = _opened(spec.name, source, True)
    converter = getattr(detector.preprocessor, "image_converter", None)
    size = getattr(converter, "image_size", None) or detector.input_shape[1:3]
    if converter is None or None in size:
        raise UserError(f"{spec.name}: its preset has no image converter of a fixed size")
    converter.image_size = size
    try:
        compiled = openvino.compile_function(traced(detector, tuple(size)), threads)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(f"{spec.name}: cannot be run here: {reason(error)}") from None
    infer = compiled.shared()

    def detect(image: np.ndarray) -> Detections:
        pixels, fit = _shrunk(image)
        inputs = np.asarray(converter(pixels[None].astype(np.float32)), np.float32)
        fit = _placed(fit, pixels.shape[0], pixels.shape[1], converter)
        values = infer(inputs)[0]
        return post_processing.found(values[:, :4], values[:, 4:], fit, spec, None, OVERLAP)

    counted = trainable_parameters(detector)
    return Detector(spec.name, names, detect, compiled.name, counted, cores=threads)


def _shrunk(image: np.ndarray) -> tuple[np.ndarray, post_processing.Placement]:
    scale = min(1, LARGEST / max(image.shape[:2]))
    sides = (max(1, round(side * scale)) for side in image.shape[1::-1])
    return post_processing.stretched(image, *sides)


def _placed(
    fit: post_processing.Placement, rows: int, columns: int, converter: Any
) -> post_processing.Placement:
    """Follow an image through Keras, which pads or crops it around its middle, then scales it."""
    height, width = converter.image_size
    sides = [
        (columns, int(rows * width / height), width),
        (rows, int(columns * height / width), height),
    ]
    scale, offset = [], []
    for first, (side, wanted, size) in zip(fit.scale, sides, strict=True):
        seen, start = side, 0
        if converter.pad_to_aspect_ratio:
            start = -int((max(side, wanted) - side) / 2)
            seen = side - 2 * start
        elif converter.crop_to_aspect_ratio:
            seen = max(1, min(side, wanted))
            start = int((side - seen) / 2)
        scale.append(first * size / seen)
        offset.append(-start * size / seen)
    return post_processing.Placement(fit.height, fit.width, tuple(scale), tuple(offset))
