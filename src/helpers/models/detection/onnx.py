"""Detectors in ONNX files, whose outputs are read as the study declares: yolo, ssd or detr."""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from helpers.core import files, paths
from helpers.core.errors import UserError, reason
from helpers.models import foreign_files
from helpers.models.detection import class_names, post_processing
from helpers.models.detection.detector import Detections, Detector, DetectorCard
from helpers.models.detection.post_processing import DEVIATION, MEAN
from helpers.models.inference import openvino
from helpers.models.kinds import ModelSpec

COCO, BY_ID = class_names.COCO, class_names.BY_ID


class Decoder(NamedTuple):
    """How images are made for a file, and boxes of its output [N, C] of 4 + K or 5 + K columns."""

    needs: str  # the outputs
    size: int  # of an input that takes any
    fit: Callable[[np.ndarray, int, int], tuple[np.ndarray, post_processing.Placement]]
    scaling: str
    known: tuple[tuple[str, ...], ...]  # classes that need no names
    read: Callable[[np.ndarray, bool], tuple[np.ndarray, np.ndarray]]  # True: of 5 + K columns
    overlap: float | None


def _yolo(values: np.ndarray, more: bool) -> tuple[np.ndarray, np.ndarray]:
    scores = values[:, 5:] * values[:, 4:5] if more else values[:, 4:]  # how sure of any object
    return _corners(values), scores


def _ssd(values: np.ndarray, more: bool) -> tuple[np.ndarray, np.ndarray]:
    return values[:, :4], values[:, 4 + more :]  # the background comes first


def _detr(values: np.ndarray, more: bool) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import expit, softmax

    logits = values[:, 4:]  # "no object" comes last
    return _corners(values), softmax(logits, axis=1)[:, :-1] if more else expit(logits)


def _corners(values: np.ndarray) -> np.ndarray:
    centres, halves = values[:, :2], values[:, 2:4] / 2
    return np.hstack([centres - halves, centres + halves])


_ALL = "boxes [1, N, 4] and scores of each class [1, N, K], before any selection"
DECODERS = {
    "yolo": Decoder(
        "one of [1, N, 5 + K] or [1, 4 + K, N]", 640, post_processing.letterboxed,
        "on grey in its proportions, from 0 to 1", (COCO,), _yolo, 0.6,
    ),
    "ssd": Decoder(
        _ALL, 300, post_processing.stretched, "by ImageNet's mean and deviation",
        (COCO, BY_ID[1:]), _ssd, 0.6,
    ),
    "detr": Decoder(
        _ALL, 800, post_processing.stretched, "by ImageNet's mean and deviation",
        (COCO, BY_ID), _detr, None,
    ),
}  # fmt: skip


def card(spec: ModelSpec) -> DetectorCard:
    """Describe a file; raises UserError unless its outputs are those of the declared decoder."""
    file = paths.root() / spec.reference
    foreign_files.check(file, spec.name)
    foreign_files.check_memory([file], spec.name)
    if spec.decoder not in DECODERS:
        raise UserError(f"{spec.name}: decoder: one is needed: {', '.join(DECODERS)}")
    decoder, content = DECODERS[spec.decoder], file.read_bytes()
    graph = _graph(content, decoder, spec)
    rows, columns = graph.output().shape[1:]
    counts = [columns - 5, rows - 4 if spec.decoder == "yolo" else columns - 4]
    names = class_names.of_file(spec.names, spec.name)
    place, names = class_names.fitting(names, counts, decoder.known, spec.name)
    whole = graph.input().element_type.is_integral()
    return DetectorCard(
        name=spec.name,
        licence="of the file's author",
        reads=f"the image scaled {'as it is' if whole else decoder.scaling}, RGB",
        classes=names,
        made_of={
            "file": files.sha256(file),
            "read": [spec.decoder, names, spec.score, spec.boxes],
            "engine": openvino.planned(),
        },
        load=lambda threads: _load(spec, decoder, (graph, place == 0, names), threads),
        modules=(__name__, class_names.__name__, post_processing.__name__, openvino.__name__),
    )


def _graph(content: bytes, decoder: Decoder, spec: ModelSpec) -> Any:
    """Read a graph of one image of a fixed size, with its outputs joined to one [1, N, C]."""
    from openvino import Core, Model

    try:  # from memory: a file cannot name another as its weights
        graph = Core().read_model(io.BytesIO(content))
        shape = graph.input().partial_shape  # which raises if there are several
        sides = [each.get_length() if each.is_static else None for each in shape]
        if len(sides) != 4 or 3 not in (sides[1], sides[3]):
            raise UserError(f"{spec.name}: its input is {shape}, not [1, 3, H, W] or [1, H, W, 3]")
        channels = 1 if sides[1] == 3 else 3
        size = decoder.size
        graph.reshape([1, *(3 if k == channels else sides[k] or size for k in (1, 2, 3))])
        joined = _joined(
            [each.input_value(0) for each in graph.get_results()], spec.decoder == "yolo"
        )
        if joined is None:
            shown = ", ".join(str(each.partial_shape) for each in graph.outputs)
            needed = f"{spec.decoder} needs {decoder.needs}, of fixed sizes"
            raise UserError(f"{spec.name}: ambiguous outputs {shown}: {needed}")
        return Model([joined], graph.get_parameters())
    except RuntimeError as error:
        raise UserError(f"{spec.name}: not an ONNX file of a detector: {reason(error)}") from None


def _joined(outputs: list[Any], yolo: bool) -> Any:
    from openvino import opset13 as ops

    fixed = [each for each in outputs if each.partial_shape.is_static]
    deep = [each for each in fixed if len(each.shape) == 3 and each.shape[0] == 1]
    if yolo:
        return deep[0] if len(deep) == 1 else None
    boxes = [each for each in deep if each.shape[2] == 4]
    if len(boxes) > 1:  # four classes: only a name can tell
        boxes = [each for each in boxes if "box" in each.any_name.lower()]
    scores = [each for each in deep if each not in boxes]
    if len(boxes) != 1 or len(scores) != 1 or boxes[0].shape[1] != scores[0].shape[1]:
        return None
    return ops.concat([ops.convert(each, "f32") for each in (*boxes, *scores)], 2)


def _load(
    spec: ModelSpec, decoder: Decoder, read: tuple[Any, bool, tuple[str, ...]], threads: int | None
) -> Detector:
    graph, more, names = read
    compiled, shape = openvino.compile_graph(graph, threads), list(graph.input().shape)
    infer, first = compiled.shared(), shape[1] == 3
    height, width = shape[2:] if first else shape[1:3]
    dtype, turned = graph.input().element_type.to_dtype(), spec.decoder == "yolo" and not more

    def run(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = pixels if dtype.kind in "iu" else pixels / np.float32(255)
        if dtype.kind == "f" and "ImageNet" in decoder.scaling:
            values = (values - MEAN) / DEVIATION
        values = values.transpose(2, 0, 1) if first else values
        output = infer(np.ascontiguousarray(values[None], dtype))[0].astype(np.float32)
        return decoder.read(output.T if turned else output, more)

    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    plain = np.full_like(noise, post_processing.GREY)
    fractions = _in_fractions([run(plain), run(noise)], spec)
    scale = np.array([width, height] * 2 if fractions else [1.0] * 4)

    def detect(image: np.ndarray) -> Detections:
        pixels, placed = decoder.fit(image, width, height)
        corners, scores = run(pixels)
        return post_processing.found(corners * scale, scores, placed, spec, None, decoder.overlap)

    return Detector(spec.name, names, detect, compiled.name, cores=threads)


def _in_fractions(tried: list[tuple[np.ndarray, np.ndarray]], spec: ModelSpec) -> bool:
    """Tell whether boxes are fractions or pixels; raises UserError for what cannot be boxes."""
    corners, scores = (np.concatenate(each) for each in zip(*tried, strict=True))
    where, most = f"{spec.name}: decoder: {spec.decoder}", np.abs(corners).max(initial=0)
    if not np.isfinite(corners).all() or (corners[:, 2:] >= corners[:, :2]).mean() < 0.95:
        raise UserError(f"{where}: its boxes end before they begin, or are no numbers")
    if not (scores.min(initial=0) >= -1e-3 and scores.max(initial=0) <= 1.001):
        raise UserError(
            f"{where}: its scores {scores.min():.3g} ... {scores.max():.3g} pass 0 or 1"
        )
    if spec.decoder == "detr" and most > 2:
        raise UserError(f"{where}: its boxes reach {most:.3g}, not fractions from 0 to 1")
    return bool(most <= 2)
