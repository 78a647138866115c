"""ONNX files, looked at field by field before OpenVINO reads them.

A file may name others as its weights: they must lie in its folder. Without such, it is read from
memory, where nothing in it can name a file.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.core import code_digest, files, paths
from helpers.core.errors import UserError, reason
from helpers.models import foreign_files
from helpers.models.kinds import ModelSpec

NEWEST = 28  # the last set of operators whose meaning is known here
BESIDE = ("preprocessor_config.json", "tokenizer.json", "config.json", "modules.json")


@dataclass(frozen=True)
class OnnxFile:
    """A file that was looked at; ``weights`` are the files that hold its weights, itself too."""

    name: str
    path: Path
    weights: tuple[Path, ...]

    @property
    def digest(self) -> str:
        """Digest its content, and that of its weights."""
        return code_digest.of_value([files.sha256(file) for file in self.weights])

    def beside(self, name: str) -> Path | None:
        """Find a file that describes the model: beside it, or above its folder ``onnx``."""
        above = [self.path.parent.parent] if self.path.parent.name == "onnx" else []
        found = [folder / name for folder in (self.path.parent, *above)]
        return next((file for file in found if file.is_file()), None)

    def graph(self) -> Any:
        """Read the graph; raises UserError in one line."""
        import openvino

        foreign_files.check_memory(self.weights, self.name)
        source = str(self.path) if self.weights[1:] else io.BytesIO(self.path.read_bytes())
        with readable(self.name, "cannot be read"):
            return openvino.Core().read_model(source)


@contextmanager
def readable(name: str, what: str) -> Iterator[None]:
    """Turn what OpenVINO raises into a UserError of one line."""
    try:
        yield
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        if unknown := [line for line in lines if "for operations: " in line]:
            kinds = unknown[0].partition("for operations: ")[2]
            what = f"OpenVINO does not know its operations {kinds}: export it without them"
            raise UserError(f"{name}: {what}") from None
        said = [each for each in lines if not each.startswith(("Exception from", "Check '"))]
        raise UserError(f"{name}: {what}: {reason(ValueError(' '.join(said)))}") from None


def find(spec: ModelSpec) -> OnnxFile:
    """Look at the file of a model; raises UserError for what cannot or must not be read."""
    if not spec.pretrained:
        raise UserError(f"{spec.name}: random weights are only for Keras models")
    path = paths.root() / spec.reference
    foreign_files.check(path, spec.name)
    foreign_files.check_memory([path], spec.name)
    try:
        named = _looked_at(memoryview(path.read_bytes()), spec.name)
    except (ValueError, TypeError, LookupError, RecursionError):
        raise UserError(f"{spec.name}: not an ONNX file, or one that is cut short") from None
    folder, weights = path.parent.resolve(), {path: 0}
    for location, end in named:
        file = path.parent / location
        if files.leaves_folder(location) or not file.resolve().is_relative_to(folder):
            link = ", a link" * file.is_symlink()
            raise UserError(f"{spec.name}: its weights lie outside its folder: {location!r}{link}")
        if not file.is_file():
            raise UserError(f"{spec.name}: its weights are missing: put {location} beside it")
        if file.stat().st_size < end:
            what = f"{location} is cut short, or a pointer of Git LFS (`git lfs pull`)"
            raise UserError(f"{spec.name}: its weights {what}")
        weights[file] = end
    return OnnxFile(spec.name, path, tuple(weights))


def parts(path: Path) -> list[Path]:
    """List the files that a model is made of beside its own, as far as they are there."""
    file = OnnxFile(path.name, path, (path,))
    with suppress(UserError, OSError):
        file = find(ModelSpec(path.name, str(path)))
    described = [file.beside(name) for name in (*BESIDE, f"{path.stem}.yaml")]
    return [*file.weights[1:], *(each for each in described if each)]


def _looked_at(content: memoryview, where: str) -> set[tuple[str, int]]:
    """Return the files that are named as weights, with the bytes needed of each."""
    fields = list(_fields(content))
    for opset in (dict(_fields(value)) for number, value in fields if number == 8):
        if opset.get(1, b"") in (b"", b"ai.onnx") and opset.get(2, 1) > NEWEST:
            known = f"is later than known here: export it with opset_version={NEWEST} or less"
            raise UserError(f"{where}: its opset {opset[2]} {known}")
    graphs = [value for number, value in fields if number == 7]
    if len(graphs) != 1:  # several would be merged into one
        raise ValueError("no graph, or several")
    tensors = [*_tensors(graphs[0])]
    for function in (value for number, value in fields if number == 25):
        nodes = [value for number, value in _fields(function) if number == 7]
        attributes = [value for number, value in _fields(function) if number == 11]
        tensors += [each for node in nodes for each in _of_node(node)]
        tensors += [each for attribute in attributes for each in _of_attribute(attribute)]
    return {each for tensor in tensors for each in _named(tensor)}


def _fields(content: Any) -> Iterator[tuple[int, Any]]:
    """Yield the fields of a message of Protocol Buffers; raises ValueError where it is cut."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        if key & 7 == 0:
            value, at = _varint(content, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, at = _varint(content, at) if key & 7 == 2 else (2**63, at)
            value, at = content[at : at + size], at + size
        if at > len(content):
            raise ValueError("cut short")
        yield key >> 3, value


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def _tensors(graph: memoryview) -> Iterator[memoryview]:
    """Yield the tensors of a graph and of those in its nodes' attributes."""
    for number, value in _fields(graph):
        if number == 5:
            yield value
        yield from _of_node(value) if number == 1 else ()
        yield from _of_sparse(value) if number == 15 else ()


def _of_node(node: memoryview) -> Iterator[memoryview]:
    for number, value in _fields(node):
        yield from _of_attribute(value) if number == 5 else ()


def _of_attribute(attribute: memoryview) -> Iterator[memoryview]:
    for number, value in _fields(attribute):
        yield from [value] if number in (5, 10) else ()
        yield from _tensors(value) if number in (6, 11) else ()
        yield from _of_sparse(value) if number in (22, 23) else ()


def _of_sparse(tensor: memoryview) -> Iterator[memoryview]:
    yield from (value for number, value in _fields(tensor) if number in (1, 2))


def _named(tensor: memoryview) -> Iterator[tuple[str, int]]:
    entries = [dict(_fields(value)) for number, value in _fields(tensor) if number == 13]
    said = {str(each[1], "utf-8"): str(each[2], "utf-8") for each in entries}
    if len(said) != len(entries):  # it would depend on the reader which one counts
        raise ValueError("a key twice")
    if "location" in said:
        yield said["location"], int(said.get("offset", 0)) + int(said.get("length", 0))
