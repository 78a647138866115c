"""Models that lie in a folder of this machine, or under a name of a hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from helpers.core import folder_digest, paths
from helpers.core.errors import UserError, reason

LICENCE = "of the model's authors, see its model card"


@dataclass(frozen=True)
class Preset:
    """Where a library loads a model from, and what identifies it: a folder's digest, or a name."""

    source: str
    content: str


def located(reference: str) -> Preset:
    """Find a folder of this machine, else take the reference for a name of a hub."""
    folder = paths.root() / reference
    if folder.is_dir():
        return Preset(str(folder), folder_digest.of_folder(folder))
    return Preset(reference, reference)


@contextmanager
def loading(name: str, what: str) -> Iterator[None]:
    """Turn any error of a hub, its files or a library into a UserError of one line."""
    try:
        yield
    except Exception as error:  # each hub and library raises its own kinds
        raise UserError(
            f"{name}: no {what} could be loaded: give a folder that holds one, or a name of the "
            f"hub, which needs the network once ({reason(error)})"
        ) from None
