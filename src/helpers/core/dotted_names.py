"""Code by its dotted name, imported when it is needed: a study loads only what it uses."""

from importlib import import_module
from typing import Any


def load(name: str) -> Any:
    """Return what a dotted name stands for, such as ``helpers.data.cleaning.labelled``."""
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def module_of(name: str) -> str:
    """Return the module in a dotted name, for the digest of a stage that loads it."""
    return name.rpartition(".")[0]
