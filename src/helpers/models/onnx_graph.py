"""Graphs of ONNX files: the output that gives the features, and its average over an item."""

from collections.abc import Sequence
from math import prod
from typing import Any

from helpers.core.errors import UserError, unknown

# outputs that hold the features of a whole item, or of its parts, the first that there is
FEATURES = (
    "sentence_embedding", "image_embeds", "text_embeds", "embeddings", "features",
    "last_hidden_state", "token_embeddings",
)  # fmt: skip
HEADS = ("logits", "predictions", "probabilities", "head", "classifier", "scores")
PASSING = ("Convert", "Identity")
WIDTHS = (1000, 1001, 21_841, 21_843)  # of heads that were trained on ImageNet


def output(graph: Any, wanted: str, reads: Sequence[str], where: str) -> tuple[Any, str]:
    """Choose what gives the features: a tensor by its name, or the only output that fits.

    ``reads`` are the inputs that an item gives. Returns it with what it is called in a report.
    """
    named = {
        name: port for node in graph.get_ops() for port in node.outputs() for name in port.names
    }
    ends = {each.any_name: each.get_node().input_value(0) for each in graph.outputs}
    if wanted:
        if wanted not in named:
            raise unknown("output", wanted, ends, where)
        ends = {wanted: named[wanted]}
    fitting = {name: port for name, port in ends.items() if _inputs(port) <= {*reads}} or ends
    known = [name for name in FEATURES if name in fitting]
    if len(fitting) > 1 and not known:
        shown = ", ".join(f"{name} {port.partial_shape}" for name, port in fitting.items())
        raise UserError(f"{where}: several outputs: {shown}: choose one, as in {where}@NAME")
    name = [*known, *fitting][0]
    port, before = fitting[name], None if wanted else _before_head(fitting[name], name)
    if other := sorted(_inputs(port) - {*reads}):
        raise UserError(f"{where}: it needs more than an item gives: {', '.join(other)}")
    return before or port, f"what the head {name} reads" if before else f"its output {name}"


def _inputs(port: Any) -> set[str]:
    """Name the inputs that a tensor depends on."""
    waiting, seen, found = [port.get_node()], set(), set()
    while waiting:
        node = waiting.pop()
        if node.get_name() in seen:
            continue
        seen.add(node.get_name())
        if node.get_type_name() == "Parameter":
            found.add(node.output(0).any_name)
        waiting += [each.get_node() for each in node.input_values()]
    return found


def _before_head(port: Any, name: str) -> Any:
    """Return what a head reads: a last linear layer that classifies; None for another output."""
    node, shape = port.get_node(), port.partial_shape
    flat = shape.rank.is_static and shape.rank.get_length() == 2 and shape[1].is_static
    is_head = name in HEADS or (flat and name not in FEATURES and shape[1].get_length() in WIDTHS)
    while node.get_type_name() in ("Softmax", "LogSoftmax", "Sigmoid", *PASSING):
        is_head |= node.get_type_name() not in PASSING
        port = node.input_value(0)
        node = port.get_node()
    if not is_head:
        return None
    linear = port
    for kind in ("Add", "Multiply", "MatMul"):
        given = [each for each in linear.get_node().input_values() if _inputs(each)]
        if linear.get_node().get_type_name() == kind and len(given) == 1:
            linear = given[0]
        elif kind == "MatMul":
            return port  # its scores, before they become probabilities
    return linear


def pooled(port: Any, maps_last: bool, where: str) -> Any:
    """Average maps [1, C, H, W], or [1, H, W, C], or tokens [1, T, C] to float32 [1, C]."""
    from openvino import opset13 as ops

    shape = port.partial_shape
    if len(shape) == 4 and (shape[1] == shape[2]) != (shape[2] == shape[3]):
        maps_last = shape[1] == shape[2]  # sides of maps are alike
    axes: dict[int, list[int]] = {2: [], 3: [1], 4: [1, 2] if maps_last else [2, 3]}
    if shape.is_dynamic or len(shape) not in axes or shape[0] != 1:
        raise UserError(f"{where}: its output {shape} is not a vector, map or tokens of one item")
    port = ops.convert(port, "f32").output(0)
    return ops.reduce_mean(port, axes[len(shape)], False).output(0) if axes[len(shape)] else port


def rows_looked_up(graph: Any, name: str) -> int | None:
    """Return how many rows the table has that an input of whole numbers chooses from."""
    for node in graph.get_ops():
        if node.get_type_name() == "Gather" and _inputs(node.input_value(1)) == {name}:
            table = node.input_value(0)
            if not _inputs(table) and len(table.partial_shape) == 2:
                return table.partial_shape[0].get_length()
    return None


def parameters(graph: Any) -> int:
    """Count a graph's weights: the elements of its constants."""
    constants = [node for node in graph.get_ops() if node.get_type_name() == "Constant"]
    return sum(prod(node.output(0).shape) for node in constants)
