"""What a kind of data source is, and what a reader of the catalogue's archives is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.core.schema import Section

if TYPE_CHECKING:
    from helpers.data.items import Items


@dataclass(frozen=True)
class Source:
    """A kind of data source that a study file may name."""

    fields: type[Section]
    shorthand: str  # the field that a plain string stands for
    loaders: Mapping[str, str]
    """By modality, the dotted name of a function of the fields and the task that gives the items.

    A loader is imported when it is used: planning needs none, and a study of images depends on no
    loader of speech.
    """
    own_files: tuple[str, ...] = ()  # fields that name a file or folder of the user's
    folder_too: bool = False  # whether files next to the own file are read as well


@dataclass(frozen=True)
class Reader:
    """A way to read a data set of the catalogue out of its archive or packages."""

    fields: type[Section]
    read: Callable[[Any, Any], "Items"]  # from what was fetched and the fields to the items
    fetched: bool = True  # whether it needs an archive or packages
