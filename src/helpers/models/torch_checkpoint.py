"""Weights from PyTorch's legacy checkpoints, read without PyTorch and without running their code.

Such a file is five pickles (magic number, protocol, system, state, storage keys) and then the raw
storages. A pickle can call anything it can name; this reader lets it name an ordered dictionary,
the rebuilding of a tensor and the storage types, and nothing else.
"""

import pickle
from collections import OrderedDict
from io import BytesIO
from math import prod
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from helpers.core.errors import UserError

MAGIC = 0x1950A86A20F9469CFC6C
LIMIT = 2 * 2**30  # the most bytes that a checkpoint's storages may take

DTYPES: dict[str, np.dtype[Any]] = {
    "DoubleStorage": np.dtype("<f8"),
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}


def read(content: bytes, where: str) -> dict[str, np.ndarray]:
    """Read a checkpoint's tensors by name, in order; raises UserError for anything beyond them."""
    try:
        return _read(BytesIO(content), len(content))
    except _Refused as refusal:
        raise UserError(f"{where}: refused: {refusal}") from None
    except Exception as error:  # a hostile pickle can raise anything; it must end as one line
        detail = f"{type(error).__name__}: {error}"[:120]
        raise UserError(f"{where}: not a readable PyTorch checkpoint ({detail})") from None


class _Refused(Exception):
    """The file asks for something that weights do not need."""


# Named tuples, which a pickle's BUILD cannot alter after they were checked.
class _Storage(NamedTuple):
    key: str
    dtype: np.dtype
    size: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


# The Python unpickler, though private: the C one allocates whatever a memo index asks for.
class _Unpickler(pickle._Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in DTYPES:
            return name
        raise _Refused(f"it names {module}.{name}, which is no part of a tensor")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage, key, _, count, view = pid
        if kind != "storage" or view is not None or type(count) is not int or count < 0:
            raise _Refused("a storage that is not a plain array")
        return _Storage(str(key), DTYPES[storage], count)


def _tensor(storage: _Storage, offset: int, shape: Any, stride: Any, *_: Any) -> _Tensor:
    """Describe a tensor, which must lie inside its storage."""
    shape, stride = tuple(map(int, shape)), tuple(map(int, stride))
    last = offset + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    inside = min((offset, *shape, *stride)) >= 0 and max(last, offset) < storage.size
    if not inside or prod(shape) > storage.size:
        raise _Refused("a tensor beyond its storage")
    return _Tensor(storage, offset, shape, stride)


def _read(stream: IO[bytes], size: int) -> dict[str, np.ndarray]:
    magic, _, _, state, keys = (_Unpickler(stream).load() for _ in range(5))
    if magic != MAGIC:
        raise _Refused("it is not a checkpoint of PyTorch's legacy kind")
    tensors = {str(name): value for name, value in state.items() if isinstance(value, _Tensor)}
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    if sum(each.size * each.dtype.itemsize for each in storages.values()) > min(size, LIMIT):
        raise _Refused("its arrays are larger than the file or the limit")
    arrays = {str(key): _array(stream, storages[str(key)]) for key in keys}
    return {name: _view(arrays[each.storage.key], each) for name, each in tensors.items()}


def _array(stream: IO[bytes], storage: _Storage) -> np.ndarray:
    count = int.from_bytes(stream.read(8), "little")
    if count != storage.size:
        raise _Refused("a storage of another length than announced")
    return np.frombuffer(stream.read(count * storage.dtype.itemsize), storage.dtype, count)


def _view(array: np.ndarray, tensor: _Tensor) -> np.ndarray:
    strides = [step * array.itemsize for step in tensor.stride]
    return as_strided(array[tensor.offset :], tensor.shape, strides, writeable=False).copy()
