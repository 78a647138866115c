"""Import code by its dotted name when it is needed, so that a study loads only what it uses."""

from importlib import import_module
from typing import Any


def load(name: str) -> Any:
    """Import the object with a dotted name, such as ``helpers.data.cleaning.labelled``."""
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def module_of(name: str) -> str:
    """Return the module part of a dotted name, for the digest of a stage that loads it."""
    return name.rpartition(".")[0]
