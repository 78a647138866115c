"""Models that lie in a folder of this machine, or under a name of a hub."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from helpers.core import folder_digest, paths
from helpers.core.errors import UserError, reason
from helpers.data.text.language_detection import CODES
from helpers.models import foreign_files

LICENCE = "of the model's authors, see its model card"


def located(reference: str) -> tuple[str, str]:
    """Return where a library finds a model, and its identity: a folder's digest, or the name."""
    folder = paths.root() / reference
    if folder.is_dir():
        return str(folder), folder_digest.of_folder(folder)
    return reference, reference


def language(source: str) -> str:
    """Return the one language of a preset by its name, or its model card; empty if unknown."""
    if part := re.search(rf"(?:^|[_/-])({'|'.join(CODES)})(?:[_-]|$)", source.rsplit("/", 1)[-1]):
        return CODES[part[1]]
    card = Path(source) / "README.md"
    with suppress(OSError, ValueError, yaml.YAMLError, AttributeError):
        said = yaml.safe_load(card.read_text().split("---")[1]).get("language")
        [only] = [said] if isinstance(said, str) else said or [""]
        return CODES.get(only, "")
    return ""


@contextmanager
def loading(name: str, what: str, folder: str = "") -> Iterator[None]:
    """Look at a folder's weights; turn what a hub or a library raises into a line's UserError."""
    weights = sorted(Path(folder).glob("*.safetensors")) if folder else []
    for file in weights:
        foreign_files.check(file, name)
    foreign_files.check_memory(weights, name)
    try:
        yield
    except Exception as error:  # each hub and library raises its own kinds
        hint = "give a folder that holds one, or a name of the hub, which needs the network once"
        raise UserError(f"{name}: no {what} could be loaded: {hint} ({reason(error)})") from None
