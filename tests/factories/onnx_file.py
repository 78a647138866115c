"""ONNX files of constant outputs, written field by field: no package is needed to make them."""

import numpy as np

FLOAT, UINT8 = 1, 2
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


def _node(kind, inputs, output, attributes=None):
    content = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    for name, value in (attributes or {}).items():
        content += _field(5, _field(1, name.encode()) + _field(3, value) + _field(20, 2))
    return _field(1, content + _field(4, kind.encode()))


def _tensor(name, array):
    dimensions = b"".join(_field(1, side) for side in array.shape)
    data = _field(2, FLOAT) + _field(8, name.encode()) + _field(9, array.tobytes())
    return _field(5, dimensions + data)


def _value(name, shape, kind=FLOAT):
    sides = (_field(1, s) if isinstance(s, int) else _field(2, s.encode()) for s in shape)
    dimensions = b"".join(_field(1, side) for side in sides)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, dimensions)))
