"""Models that lie in a folder of this machine, or under a name of a hub."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpers.core import folder_digest, paths
from helpers.core.errors import UserError, reason

LICENCE = "of the model's authors, see its model card"


def located(reference: str) -> tuple[str, str]:
    """Return where a library finds a model, and its identity: a folder's digest, or the name."""
    folder = paths.root() / reference
    if folder.is_dir():
        return str(folder), folder_digest.of_folder(folder)
    return reference, reference


@contextmanager
def loading(name: str, what: str) -> Iterator[None]:
    """Turn any error of a hub, its files or a library into a UserError of one line."""
    try:
        yield
    except Exception as error:  # each hub and library raises its own kinds
        hint = "give a folder that holds one, or a name of the hub, which needs the network once"
        raise UserError(f"{name}: no {what} could be loaded: {hint} ({reason(error)})") from None
