"""Graphs are data: what may be in them is listed, and all else gets one line."""

import json

import numpy as np
import pytest
import tensorflow as tf

from helpers.core.errors import UserError
from helpers.models.detection import graph_model

FLOAT = {"T": {"type": "DT_FLOAT"}}
BIAS, RELU = "Qmlhc0FkZA==", "UmVsdQ=="  # BiasAdd and Relu as TF.js writes them


def tfjs(kind="_FusedConv2D", fused=(BIAS, RELU), quantised="uint8"):
    """Make a convolution of 1 x 1 that doubles, adds -100 and cuts at 0, as TF.js has it."""
    attributes = FLOAT | {
        "strides": {"list": {"i": ["1", "1", "1", "1"]}},
        "padding": {"s": "U0FNRQ=="},
        "fused_ops": {"list": {"s": list(fused)}},
    }
    constant = {"dtype": {"type": "DT_FLOAT"}, "value": {"tensor": {"dtype": "DT_FLOAT"}}}
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"dtype": {"type": "DT_FLOAT"}}},
        {"name": "w", "op": "Const", "attr": constant},
        {"name": "b", "op": "Const", "attr": dict(constant)},
        {"name": "y", "op": kind, "input": ["x", "w", "b"], "attr": attributes},
    ]
    weights = [
        {
            "name": "w",
            "shape": [1, 1, 3, 1],
            "dtype": "float32",
            "quantization": {"dtype": quantised, "scale": 0.5, "min": 1.0},
        },
        {"name": "b", "shape": [1], "dtype": "float32"},
    ]
    groups = [{"paths": ["a.bin"], "weights": weights}]
    return {"modelTopology": {"node": nodes}, "weightsManifest": groups}


CONTENT = bytes([2, 0, 0]) + np.float32([-100]).tobytes()  # weights 2, 1 and 1


def run(model, content=CONTENT, ends=("x", ["y"])):
    graph = graph_model.of_tfjs(json.dumps(model).encode(), content, "made")
    plain = lambda value: value  # noqa: E731
    return graph_model.function(graph, ends, plain, plain, (1, 1, 1, 3), "made")


def test_a_fused_node_of_quantised_weights_is_what_it_stands_for():
    pixels = [np.uint8([50, 10, 5]).reshape(1, 1, 1, 3), np.uint8([1, 1, 1]).reshape(1, 1, 1, 3)]
    assert [run(tfjs())(tf.constant(each)).numpy().item() for each in pixels] == [15, 0]


@pytest.mark.parametrize(
    ("model", "content", "ends", "reason"),
    [
        (tfjs(kind="PyFunc"), CONTENT, ("x", ["y"]), "y: nodes of kind 'PyFunc' are not run here"),
        (tfjs(kind="ReadFile"), CONTENT, ("x", ["y"]), "'ReadFile'"),
        (tfjs(fused=(BIAS, "RWx1")), CONTENT, ("x", ["y"]), "BiasAdd and Elu in one node"),
        (tfjs(), CONTENT + b"more", ("x", ["y"]), "11 bytes|7 expected"),
        (tfjs(), b"", ("x", ["y"]), "not a graph model"),
        (tfjs(), CONTENT, ("x", ["z"]), "no node 'z'"),
        (tfjs(quantised="object"), CONTENT, ("x", ["y"]), "not a graph model"),
        ({"modelTopology": {}}, CONTENT, ("x", ["y"]), "not a graph model"),
        ([], CONTENT, ("x", ["y"]), "not a graph model"),
    ],
)
def test_what_is_not_run_gets_one_line(model, content, ends, reason):
    with pytest.raises(UserError, match=reason) as caught:
        run(model, content, ends)
    assert str(caught.value).startswith("made: ") and "\n" not in str(caught.value)


def test_a_frozen_graph_that_calls_python_is_refused():
    def call(images):
        return tf.numpy_function(lambda x: x, [images], tf.float32)

    traced = tf.function(call).get_concrete_function(tf.TensorSpec((1, 1, 1, 3)))
    graph = graph_model.of_frozen(traced.graph.as_graph_def().SerializeToString(), "made")
    kinds = {node.op: node.name for node in graph.node}
    name = next(kinds[kind] for kind in kinds if kind.endswith("PyFunc"))
    with pytest.raises(UserError, match="PyFunc' are not run here"):
        graph_model.function(graph, ("images", [name]), abs, abs, (1, 1, 1, 3), "made")
    with pytest.raises(UserError, match="not a frozen TensorFlow graph"):
        graph_model.of_frozen(b"\xff\xff\xff", "made")
