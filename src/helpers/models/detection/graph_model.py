"""Frozen TensorFlow graphs, of TF.js or of a .pb file: read as data, run as functions.

Only listed kinds of nodes may be in what is run; none of them opens a file or calls Python.
"""

import base64
import json
from collections.abc import Callable, Iterable
from math import prod
from typing import Any

import numpy as np

from helpers.core import quiet_imports
from helpers.core.errors import UserError, reason

_LISTED = """
    Add AddV2 BiasAdd Cast ConcatV2 Const Conv2D DepthwiseConv2dNative Equal Exp ExpandDims Fill
    FloorDiv FloorMod FusedBatchNorm FusedBatchNormV3 GatherV2 Identity LeakyRelu MaxPool Maximum
    Mean Minimum Mul Pack Pad PadV2 Placeholder Range Rank RealDiv Relu Relu6 Reshape
    ResizeBilinear Shape Sigmoid Slice Softmax SparseToDense Split SplitV Sqrt Squeeze
    StridedSlice Sub Tile TopKV2 Transpose Unpack"""
KINDS = frozenset(_LISTED.split())
# kinds that TF.js makes out of a convolution, a bias and perhaps an activation
FUSED = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
ACTIVATIONS = ("Relu", "Relu6")
SIXTH = np.float16(1 / 6)


def of_tfjs(model: bytes, weights: bytes, where: str) -> Any:
    """Read a TF.js graph model, a JSON file and its weights, as a GraphDef; raises UserError."""
    try:
        content = json.loads(model)
        topology, groups = content["modelTopology"], content["weightsManifest"]
        arrays = _arrays([each for group in groups for each in group["weights"]], weights)
        return _graph([part for node in topology["node"] for part in _unfused(node)], arrays)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{where}: not a graph model of TF.js: {reason(error)}") from None


def of_frozen(content: bytes, where: str) -> Any:
    """Read a frozen graph, the content of a .pb file, as a GraphDef; raises UserError."""
    quiet_imports.tensorflow()
    from google.protobuf.message import DecodeError
    from tensorflow.core.framework.graph_pb2 import GraphDef

    try:
        return GraphDef.FromString(content)
    except DecodeError as error:
        raise UserError(f"{where}: not a frozen TensorFlow graph: {reason(error)}") from None


def function(
    graph: Any,
    ends: tuple[str, list[str]],
    prepare: Callable[[Any], Any],
    finish: Callable[..., Any],
    shape: tuple[int, ...],
    where: str,
) -> Any:
    """Trace a graph between an input and its outputs: images uint8 ``shape`` -> one tensor.

    ``prepare`` makes the input of the images, ``finish`` the result of the outputs. Raises
    UserError for a kind of node that is not listed.
    """
    import tensorflow as tf

    entry, outputs = ends
    needed = _needed(graph, entry, outputs, where)

    def run(images: Any) -> Any:
        values = {f"{entry}:0": prepare(tf.cast(images, tf.float32))}
        return finish(*tf.graph_util.import_graph_def(needed, values, [f"{o}:0" for o in outputs]))

    try:
        traced = tf.function(run, autograph=False)
        return traced.get_concrete_function(tf.TensorSpec(shape, tf.uint8))
    except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
        raise UserError(f"{where}: its graph cannot be run: {reason(error)}") from None


def _needed(graph: Any, entry: str, outputs: Iterable[str], where: str) -> Any:
    """Return the part of a graph that computes some outputs from its input."""
    nodes = {node.name: node for node in graph.node}
    waiting, needed = [*outputs], type(graph)(versions=graph.versions)
    seen = {entry}
    while waiting:
        name = waiting.pop().partition(":")[0]
        if name in seen or name.startswith("^"):  # which only orders what is run
            continue
        seen.add(name)
        if name not in nodes:
            raise UserError(f"{where}: no node {name!r} in its graph")
        if (kind := nodes[name].op) not in KINDS:
            raise UserError(f"{where}: {name}: nodes of kind {kind!r} are not run here")
        node = needed.node.add()
        node.CopyFrom(nodes[name])
        node.ClearField("device")
        data = [each for each in node.input if not each.startswith("^")]
        del node.input[:]
        node.input.extend(data)
        waiting += data
    return needed


def _arrays(weights: list[dict[str, Any]], content: bytes) -> dict[str, np.ndarray]:
    """Read weights one after the other, and undo their quantisation."""
    arrays, offset = {}, 0
    for weight in weights:
        packed = weight.get("quantization", {})
        stored = np.dtype(packed.get("dtype", weight["dtype"])).newbyteorder("<")
        shape = tuple(map(int, weight["shape"]))
        array = np.frombuffer(content, stored, prod(shape), offset).reshape(shape)
        offset += array.nbytes
        if "scale" in packed:
            array = array * np.float32(packed["scale"]) + np.float32(packed["min"])
            array = np.rint(array) if weight["dtype"] == "int32" else array
        # OpenVINO takes a hard swish for what it is, so its 1/6 must be one, not half a float's
        if stored == np.float16:
            array = np.where(array == SIXTH, np.float32(1 / 6), array)
        arrays[weight["name"]] = array.astype(weight["dtype"])
    if offset != len(content):
        raise ValueError(f"{len(content)} bytes of weights, {offset} expected")
    return arrays


def _unfused(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Replace a fused node by those that it stands for; the last keeps its name."""
    if node["op"] not in FUSED:
        return [node]
    name, attributes = node["name"], node["attr"]
    fused = [base64.b64decode(each).decode() for each in attributes["fused_ops"]["list"]["s"]]
    if fused[0] != "BiasAdd" or len(node["input"]) != 3 or set(fused[1:]) - {*ACTIVATIONS}:
        raise ValueError(f"{name}: {' and '.join(fused)} in one node")
    names = [f"{name}/fused{number}" for number in range(len(fused))] + [name]
    kept = ("T", "strides", "padding", "dilations", "data_format")
    own = {key: attributes[key] for key in kept if key in attributes}
    kind = {"T": attributes["T"]}
    parts = [{"name": names[0], "op": FUSED[node["op"]], "input": node["input"][:2], "attr": own}]
    for number, op in enumerate(fused):
        inputs = [names[number], *node["input"][2:]][: 2 if op == "BiasAdd" else 1]
        parts.append({"name": names[number + 1], "op": op, "input": inputs, "attr": kind})
    return parts


def _graph(nodes: list[dict[str, Any]], arrays: dict[str, np.ndarray]) -> Any:
    """Make a GraphDef of nodes as JSON has them; constants take their values from ``arrays``."""
    quiet_imports.tensorflow()
    import tensorflow as tf
    from google.protobuf.json_format import ParseDict, ParseError
    from tensorflow.core.framework.graph_pb2 import GraphDef

    values = {node["name"]: node["attr"].pop("value") for node in nodes if node["op"] == "Const"}
    try:
        graph = ParseDict({"node": nodes}, GraphDef())
    except ParseError as error:
        raise ValueError(reason(error)) from None
    for node in graph.node:
        if node.name in values:
            dtype = tf.dtypes.as_dtype(node.attr["dtype"].type)
            proto = tf.make_tensor_proto(arrays[node.name].astype(dtype.as_numpy_dtype))
            node.attr["value"].tensor.CopyFrom(proto)
    return graph
