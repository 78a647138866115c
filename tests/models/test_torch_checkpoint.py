"""Checkpoints are read as arrays; what asks for more is refused."""

import os
import pickle
import struct
from collections import OrderedDict
from io import BytesIO

import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.models import torch_checkpoint

PROTOCOL = 1001


class Global:
    """Pickles as a bare name."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Tensor:
    """Pickles as PyTorch's call that rebuilds a tensor."""

    def __init__(self, storage, offset, shape, stride):
        self.arguments = (storage, offset, shape, stride, False, OrderedDict())


class Altered(Tensor):
    """Pickles as a tensor whose state is set once it was checked."""

    state = {"shape": (8,)}


class Pickler(pickle._Pickler):
    """Writes names and calls of modules that are not installed."""

    def persistent_id(self, value):
        return value if isinstance(value, tuple) and value[:1] == ("storage",) else None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Global):
            self.write(f"c{value.module}\n{value.name}\n".encode())
        elif isinstance(value, Tensor):
            self.save_reduce(Global("torch._utils", "_rebuild_tensor_v2"), value.arguments)
            if isinstance(value, Altered):
                self.save(value.state)
                self.write(pickle.BUILD)
        else:
            super().save(value, save_persistent_id)

    def save_reduce(self, function, arguments, *rest, obj=None, **more):
        if isinstance(function, Global):
            self.save(function)
            self.save(arguments)
            self.write(pickle.REDUCE)
        else:
            super().save_reduce(function, arguments, *rest, obj=obj, **more)


def storage(key, count, kind="FloatStorage"):
    return ("storage", Global("torch", kind), key, "cpu", count, None)


def checkpoint(state, arrays=(), magic=torch_checkpoint.MAGIC, keys=None):
    """Write PyTorch's legacy format, which is not installed."""
    stream = BytesIO()
    for value in (magic, PROTOCOL, {"little_endian": True}, state, keys or [k for k, _ in arrays]):
        Pickler(stream, 2).dump(value)
    for _, array in arrays:
        stream.write(struct.pack("<q", array.size) + array.tobytes())
    return stream.getvalue()


def test_tensors_come_back_in_order_also_transposed_and_shared():
    first = np.arange(6, dtype=np.float32)
    state = OrderedDict()
    state["a"] = Tensor(storage("0", 6), 0, (2, 3), (3, 1))
    state["b"] = Tensor(storage("0", 6), 0, (3, 2), (1, 3))
    state["c"] = Tensor(storage("0", 6), 4, (2,), (1,))
    state["steps"] = Tensor(storage("1", 1, "LongStorage"), 0, (), ())
    arrays = [("0", first), ("1", np.array([7], np.int64))]
    read = torch_checkpoint.read(checkpoint(state, arrays), "here")
    assert list(read) == ["a", "b", "c", "steps"]
    assert np.array_equal(read["a"], first.reshape(2, 3))
    assert np.array_equal(read["b"], first.reshape(2, 3).T)
    assert np.array_equal(read["c"], [4, 5]) and read["steps"] == 7


class Runs:
    """A pickle that runs a command when it is read plainly."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def test_a_pickle_that_runs_a_command_is_refused(tmp_path):
    witness = tmp_path / "ran"
    hostile = checkpoint({"a": Runs(f"touch {witness}")})
    with pytest.raises(UserError, match=r"x\.pth: refused: it names .*system"):
        torch_checkpoint.read(hostile, "x.pth")
    assert not witness.exists()


@pytest.mark.parametrize(
    "name", [("builtins", "eval"), ("torch", "load"), ("collections", "OrderedDict.fromkeys")]
)
def test_no_other_name_is_admitted(name):
    with pytest.raises(UserError, match="refused: it names"):
        torch_checkpoint.read(checkpoint({"a": Global(*name)}), "x.pth")


ONE = np.ones(4, np.float32)


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor(storage("0", 4), 0, (5,), (1,)),
        Tensor(storage("0", 4), 3, (2,), (1,)),
        Tensor(storage("0", 4), -1, (2,), (1,)),
        Tensor(storage("0", 4), 0, (2, 2), (-1, 1)),
        Tensor(storage("0", 4), 0, (10**9, 10**9), (0, 0)),
    ],
)
def test_a_tensor_beyond_its_storage_is_refused(tensor):
    with pytest.raises(UserError, match="beyond its storage"):
        torch_checkpoint.read(checkpoint({"a": tensor}, [("0", ONE)]), "x.pth")


def test_a_tensor_cannot_be_altered_after_its_check():
    altered = checkpoint({"a": Altered(storage("0", 4), 0, (4,), (1,))}, [("0", ONE)])
    with pytest.raises(UserError, match="not a readable PyTorch checkpoint"):
        torch_checkpoint.read(altered, "x.pth")


def test_more_than_the_file_holds_is_refused():
    state = {"a": Tensor(storage("0", 10**12), 0, (1,), (1,))}
    with pytest.raises(UserError, match="larger than the file"):
        torch_checkpoint.read(checkpoint(state, [("0", ONE)]), "x.pth")


def test_what_is_no_checkpoint_is_one_line():
    good = checkpoint({"a": Tensor(storage("0", 4), 0, (4,), (1,))}, [("0", ONE)])
    other = checkpoint({}, magic=1)
    for content in (b"", b"PK\x03\x04 a zip", good[:40], good[:-5], other, pickle.dumps(good)):
        with pytest.raises(UserError, match=r"^x\.pth: ") as error:
            torch_checkpoint.read(content, "x.pth")
        assert "\n" not in str(error.value)
