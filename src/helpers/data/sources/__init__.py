"""Where items come from: a data set by name, or a kind of source with its fields."""

from collections.abc import Callable
from typing import Any

from helpers.core.errors import UserError, unknown
from helpers.data import tasks
from helpers.data.items import Items, subsample
from helpers.data.sources import arrays, catalogue_readers, folder, hub, table

__all__ = ["Items", "load"]

KINDS: dict[str, Callable[..., Items]] = {
    "npy": arrays.load,
    "folder": folder.load,
    "table": table.load,
    "tfds": hub.tensorflow_datasets,
    "hf": hub.hugging_face,
}


def load(
    source: str | dict[str, Any],
    task: str = "image-classification",
    limit: int | None = None,
    seed: int = 42,
) -> Items:
    """Find the items of a source; nothing is decoded yet.

    Parameters
    ----------
    source : str or dict
        A name in params/catalogue/data.yaml, or one kind with its fields.
    task : str
        What the items are and what the labels are for; a data set of the catalogue must agree.
    limit : int, optional
        Take a stratified subsample of this size; ``Items.original`` keeps the full count.
    seed : int
        Chooses the subsample.

    Raises
    ------
    UserError
        One line: unknown source, missing file, wrong shape, unreachable library.
    """
    if isinstance(source, str):
        items = catalogue_readers.load(source, task)
    else:
        if not isinstance(source, dict) or len(source) != 1 or next(iter(source)) not in KINDS:
            given = ", ".join(map(str, source)) if isinstance(source, dict) else str(source)
            raise unknown("data source", given, KINDS)
        [(kind, fields)] = source.items()
        items = _call(kind, fields, task)
    return items if limit is None else subsample(items, limit, seed)


def _call(kind: str, fields: Any, task: str) -> Items:
    modality = tasks.of(task)
    if kind not in modality.SOURCES:
        allowed = ", ".join(modality.SOURCES)
        raise UserError(f"{kind}: no source of {modality.MANY} (those are: {allowed})")
    if not isinstance(fields, dict):
        fields = {
            "npy": {"data": fields},
            "table": {"file": fields},
            "folder": {"path": fields},
        }.get(kind, {"name": fields})
    try:
        return KINDS[kind](**fields, task=task)
    except TypeError as error:
        if "argument" not in str(error):
            raise
        raise UserError(f"{kind}: {str(error).split('() ')[-1]}") from None
