"""Where in a study file a key belongs that stands in another place."""

from collections.abc import Iterator

from helpers.config import candidates
from helpers.core import dotted_names
from helpers.core.schema import Section, inner, keys
from helpers.data import sources, tasks


def of(key: str, study: type[Section], task: str) -> list[str]:
    """Name the places where a study of a task takes a key: sections, a candidate, a source."""
    row = tasks.get(task)
    kinds = [(adaptation, "NAME", options) for adaptation, options in row.adaptations.items()]
    kinds += [("baseline", name, options) for name, options in row.baselines.items()]
    kinds.sort(key=lambda kind: kind[0] != "finetune")  # it takes most of them
    found = list(_sections(study, key, "")) + ["`data.source`"] * (key in sources.KINDS)
    for adaptation, model, options in kinds:
        if key in (*candidates.own_keys(adaptation), *keys(dotted_names.load(options))):
            found.append(f"a candidate, as in `- {adaptation}: {{model: {model}, {key}: ...}}`")
            break
    for name, kind in sources.KINDS.items():
        if row.modality in kind.loaders and key in keys(kind.fields):
            found.append(f"`data.source.{name}`")
    return found


def _sections(kind: type[Section], key: str, place: str) -> Iterator[str]:
    if key in keys(kind):
        yield f"`{place}`" if place else "the top of the file"
    for name in keys(kind):
        if section := inner(kind, name):
            yield from _sections(section, key, f"{place}.{name}".lstrip("."))
