"""Digests of a study's inputs: the user's own data and models, and entries of the catalogue."""

from pathlib import Path
from typing import Any

from helpers.catalogue import entries
from helpers.core import code_digest, files, folder_digest, paths
from helpers.data import sources, tasks
from helpers.models import kinds, onnx_file

OURS = {"build", "docs", "notebooks", "params", "reports", "src", "tests"}
# prefixes of a file or folder of this machine
LOCAL = {"predictions", *(kind.prefix for kind in kinds.KINDS if kind.local)}


def of_source(source: str | dict[str, Any]) -> dict[str, str]:
    """Digest a study's data source: its catalogue entry, or the files it names."""
    if isinstance(source, str):
        return {f"catalogue {source}": code_digest.of_value(entries.data(source).model_dump())}
    return {paths.shown(path): _of(path) for path in own_data(source)}


def of_model(name: str) -> dict[str, str]:
    """Digest a model's catalogue entry, or the file that holds it."""
    name = name.removeprefix("scratch:")
    if path := own_model(name):
        described = onnx_file.parts(path) if name.startswith("onnx:") else []
        return {name: _of(path)} | {paths.shown(each): _of(each) for each in described}
    name, _ = entries.split_layer(name)
    if ":" in name or any(name in each.baselines for each in tasks.TASKS.values()):
        return {}
    return {f"catalogue {name}": code_digest.of_value(entries.model(name).model_dump())}


def of_options(options: dict[str, Any]) -> dict[str, str]:
    """Digest the user's own file that a candidate's options name: the classes of a detector."""
    file = options.get("names")
    return {file: _of(paths.root() / file)} if file and (paths.root() / file).is_file() else {}


def own_data(source: str | dict[str, Any]) -> list[Path]:
    """List the user's own files and folders that a data source is read from."""
    if isinstance(source, str):
        return []
    name = sources.kind_of(source)
    kind, fields = sources.KINDS[name], source[name]
    own = [paths.root() / file for _, file in kind.own(fields)]
    # files beside a table are its items, unless it holds the texts themselves
    folder_too = kind.folder_too and not fields.get("text")
    folders = {path.parent for path in own} if folder_too else set()
    if paths.root() in folders:  # everything else there is ours and changes with each run
        others = (each for each in paths.root().iterdir() if each.is_dir())
        folders |= {each for each in others if each.name[0] != "." and each.name not in OURS}
    return own + sorted(folders - {paths.root()})


def own_model(model: str) -> Path | None:
    """Return the user's own file or folder that a model or predictions are read from, if any."""
    model = model.removeprefix("scratch:")
    for name in (model, entries.split_layer(model)[0]):
        prefix, _, rest = name.partition(":")
        path = paths.root() / rest
        if prefix in LOCAL and rest and path.exists():
            return path
    return None


def _of(path: Path) -> str:
    return folder_digest.of_folder(path) if path.is_dir() else files.sha256(path)
