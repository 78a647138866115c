"""ONNX files, written field by field: no package is needed to make them."""

import numpy as np

FLOAT, UINT8, INT64 = 1, 2, 7
KINDS = {FLOAT: np.float32, UINT8: np.uint8}


def detector_file(outputs, shape=(1, 3, 64, 64), kind=FLOAT):
    """Return a file that gives ``outputs``, arrays by name, for any image of a shape."""
    nodes = b""
    floats = "images"
    if kind != FLOAT:
        floats, nodes = "floats", _node("Cast", ["images"], "floats", {"to": FLOAT})
    nodes += _node("ReduceMean", [floats], "mean", {"keepdims": 0})
    nodes += _node("Mul", ["mean", "zero"], "nothing")
    constants = _tensor("zero", np.float32(0))
    for name, array in outputs.items():
        constants += _tensor(f"{name}_is", np.asarray(array, np.float32))
        nodes += _node("Add", ["nothing", f"{name}_is"], name)
    ends = b"".join(_field(12, _value(name, np.shape(array))) for name, array in outputs.items())
    graph = (
        nodes + _field(2, b"made") + constants + _field(11, _value("images", shape, kind)) + ends
    )
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 13))


def network_file(
    shape=("N", 3, 16, 16), output="features", head=0, opset=18, name="images", **options
):
    """Return a convolution, averaged over the image, with a head of ``head`` classes if any.

    ``options``: ``last`` for channels last, ``maps`` for no average, ``softmax``, ``kind`` of node
    before it, ``domain`` of that, ``second`` for another output, ``elsewhere`` for weights in a
    file of that name.
    """
    channels = shape[3] if options.get("last") else shape[1]
    random, nodes, now = np.random.default_rng(0), b"", name
    if options.get("last"):
        nodes, now = _node("Transpose", [now], "turned", {"perm": [0, 3, 1, 2]}), "turned"
    if options.get("kind"):
        nodes += _node(options["kind"], [now], "made", domain=options.get("domain", ""))
        now = "made"
    weights = random.normal(size=(5, channels if channels != "C" else 3, 3, 3))
    constants = _tensor("weights", weights.astype(np.float32), options.get("elsewhere"))
    nodes, now = nodes + _node("Conv", [now, "weights"], "maps"), "maps"
    if not options.get("maps"):
        nodes += _node("GlobalAveragePool", ["maps"], "mean") + _node("Flatten", ["mean"], "flat")
        now = "flat"
    if head:
        constants += _tensor("matrix", random.normal(size=(5, head)).astype(np.float32))
        constants += _tensor("bias", random.normal(size=head).astype(np.float32))
        nodes, now = nodes + _node("Gemm", [now, "matrix", "bias"], "scores_of"), "scores_of"
    if options.get("softmax"):
        nodes, now = nodes + _node("Softmax", [now], "likely"), "likely"
    nodes += _node("Identity", [now], output)
    sides = ("N", 5, "h", "w") if options.get("maps") else ("N", head or 5)
    ends = _field(12, _value(output, sides))
    if second := options.get("second"):
        nodes, ends = (
            nodes + _node("Identity", ["flat"], second),
            ends + _field(12, _value(second, ("N", 5))),
        )
    graph = nodes + _field(2, b"made") + constants + _field(11, _value(name, shape)) + ends
    opsets = _field(8, _field(1, b"") + _field(2, opset))
    if options.get("domain"):
        opsets += _field(8, _field(1, options["domain"].encode()) + _field(2, 1))
    return _field(1, 8) + _field(7, graph) + opsets


def text_file(
    rows=12,
    inputs=("input_ids", "attention_mask", "token_type_ids"),
    shape=("N", "T"),
    output="last_hidden_state",
    kind=INT64,
):
    """Return a network whose tokens each see the mean of those that the mask has, [N, T, 5].

    An ``output`` of sentence_embedding is that mean, [N, 5].
    """
    random = np.random.default_rng(0)
    constants = _tensor("table", random.normal(size=(rows, 5)).astype(np.float32))
    constants += _tensor("half", np.float32(0.5))
    nodes, now = _node("Gather", ["table", inputs[0]], "embedded"), "embedded"
    for name in inputs[1:]:
        nodes += _node("Cast", [name], f"{name}_float", {"to": FLOAT})
        nodes += _node("Unsqueeze", [f"{name}_float"], f"{name}_wide", {"axes": [2]})
    if "token_type_ids" in inputs:
        nodes += _node("Add", [now, "token_type_ids_wide"], "typed")
        now = "typed"
    mask, summed = "attention_mask_wide", {"axes": [1], "keepdims": 1}
    if "attention_mask" in inputs:
        nodes += _node("Mul", [now, mask], "kept") + _node("ReduceSum", ["kept"], "sum", summed)
        nodes += _node("ReduceSum", [mask], "count", summed)
        nodes += _node("Div", ["sum", "count"], "mean")
        nodes += _node("Add", [now, "mean"], "both") + _node("Tanh", ["both"], "hidden")
        now = "hidden"
    sides = (*shape, 5)
    if output == "sentence_embedding":
        nodes += _node("ReduceSum", ["mean"], "flat", {"axes": [1], "keepdims": 0})
        now, sides = "flat", (shape[0], 5)
    nodes += _node("Mul", [now, "half"], output)
    given = b"".join(_field(11, _value(name, shape, kind)) for name in inputs)
    graph = nodes + _field(2, b"made") + constants + given + _field(12, _value(output, sides))
    return _field(1, 7) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 12))


def encoder_file(shape=("N", "T"), head=0, output="last_hidden_state", kind=FLOAT, mask=False):
    """Return a convolution over a recording's samples, or its mel bands if ``shape`` has three.

    Its output is [N, frames, 5], or the scores of ``head`` classes.
    """
    random, nodes, now, mel = np.random.default_rng(0), b"", "sound", len(shape) > 2
    last = mel and shape[2] == 80
    if kind != FLOAT:
        nodes, now = _node("Cast", [now], "floats", {"to": FLOAT}), "floats"
    if mask:
        nodes, now = nodes + _node("Mul", [now, "mask"], "masked"), "masked"
    if not mel:
        nodes, now = nodes + _node("Unsqueeze", [now], "channel", {"axes": [1]}), "channel"
    if last:
        nodes, now = nodes + _node("Transpose", [now], "turned", {"perm": [0, 2, 1]}), "turned"
    weights = random.normal(size=(5, 80, 3) if mel else (5, 1, 400)).astype(np.float32)
    constants, strides = _tensor("weights", weights), {"strides": [2 if mel else 160]}
    nodes += _node("Conv", [now, "weights"], "heard", strides)
    end = output if not head else "tokens"
    nodes += _node("Transpose", ["heard"], end, {"perm": [0, 2, 1]})
    if head:
        constants += _tensor("matrix", random.normal(size=(5, head)).astype(np.float32))
        constants += _tensor("bias", random.normal(size=head).astype(np.float32))
        nodes += _node("ReduceMean", ["tokens"], "mean", {"axes": [1], "keepdims": 0})
        nodes += _node("Gemm", ["mean", "matrix", "bias"], output)
    graph = nodes + _field(2, b"made") + constants + _field(11, _value("sound", shape, kind))
    graph += _field(11, _value("mask", shape)) * mask
    graph += _field(12, _value(output, ("N", head) if head else ("N", "frames", 5)))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 11))


def _field(number, value):
    if isinstance(value, bytes):
        return _varint(number << 3 | 2) + _varint(len(value)) + value
    return _varint(number << 3) + _varint(value)


def _varint(value):
    coded = bytearray()
    while value > 127:
        coded.append(value & 127 | 128)
        value >>= 7
    return bytes([*coded, value])


def _node(kind, inputs, output, attributes=None, domain=""):
    content = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    for name, value in (attributes or {}).items():
        if isinstance(value, list):
            coded = b"".join(_field(8, each) for each in value) + _field(20, 7)
        else:
            coded = _field(3, value) + _field(20, 2)
        content += _field(5, _field(1, name.encode()) + coded)
    return _field(1, content + _field(4, kind.encode()) + _field(7, domain.encode()))


def _tensor(name, array, elsewhere=None):
    dimensions = b"".join(_field(1, side) for side in array.shape)
    data = _field(2, FLOAT) + _field(8, name.encode())
    if elsewhere:
        for key, value in {"location": elsewhere, "length": str(array.nbytes)}.items():
            data += _field(13, _field(1, key.encode()) + _field(2, value.encode()))
        data += _field(14, 1)
    else:
        data += _field(9, array.tobytes())
    return _field(5, dimensions + data)


def _value(name, shape, kind=FLOAT):
    sides = (_field(1, s) if isinstance(s, int) else _field(2, s.encode()) for s in shape)
    dimensions = b"".join(_field(1, side) for side in sides)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, dimensions)))
