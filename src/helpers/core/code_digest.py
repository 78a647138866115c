"""Content digests: what a stage was made of, each part by name.

Nothing here looks at a modification time. Comments, docstrings and prose are left out, so that
editing them recomputes nothing.
"""

import ast
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from helpers.core import files, paths

PACKAGE = "helpers"
KEPT = "code.json"
SOURCE = Path(__file__).resolve().parents[1]
ALWAYS = frozenset(
    {
        "helpers.core.dotted_names",
        "helpers.core.errors",
        "helpers.core.paths",
        "helpers.core.progress",
        "helpers.core.provenance",
        "helpers.data.tasks",
    }
)
"""Modules that say, place or record results and do not decide them."""


def of_value(value: Any) -> str:
    """Digest a plain value, whatever the order of its keys."""
    return _sha256(json.dumps(value, sort_keys=True, default=str))


def of_notebook(notebook: Path) -> str:
    """Digest a notebook's code cells, not its prose, outputs or default parameters."""
    return _facts(tuple(code_cells(notebook)), "")["digest"]


def of_modules(names: list[str]) -> str:
    """Digest helper modules together with all the helper modules that they import.

    Parameters
    ----------
    names : list of str
        Such as ``["helpers.training.training_loop"]``.
    """
    found = set(names).union(*(_reached(_imports_of(name)) for name in names))
    return of_value({name: of_module(name) for name in sorted(found)})


@cache
def of_module(name: str) -> str:
    """Digest one module's code, without its comments and docstrings."""
    return _facts((_file(name).read_text(encoding="utf-8"),), name)["digest"]


def of_imports(notebook: Path, others: Sequence[str] = ()) -> dict[str, str]:
    """Digest the modules that a notebook imports, and some others, directly or through others."""
    names = _facts(tuple(code_cells(notebook)), "")["imports"]
    names = _reached(_modules([*names, *others]))
    return {name: of_module(name) for name in sorted(names - ALWAYS)}


def keep() -> None:
    """Keep what was found out about each piece of code, by its content: parsing is slow."""
    kept = _kept(paths.build() / KEPT)
    if not _known.keys() <= kept.keys():
        files.write_json(paths.build() / KEPT, kept | _known)


def code_cells(notebook: Path) -> list[str]:
    """Return the sources of a notebook's code cells, but for its default parameters."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    return [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]


def _reached(names: frozenset[str]) -> set[str]:
    """Return these modules and those that they import, directly or through others."""
    seen: set[str] = set()
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_imports_of(name) - seen)
    return seen


@cache
def _imports_of(name: str) -> frozenset[str]:
    facts = _facts((_file(name).read_text(encoding="utf-8"),), name)
    return _modules(facts["imports"]) - {name}


def _modules(names: list[str]) -> frozenset[str]:
    """Return the modules among imported names, with the packages around them."""
    known = [name for name in names if _is_module(name)]
    return frozenset(parent for name in known for parent in _with_packages(name))


@cache
def _facts(sources: tuple[str, ...], importer: str) -> dict[str, Any]:
    """Parse pieces of code, or remember them: their digest, and the names that they import."""
    key = of_value([importer, sources, _own()])
    if found := _kept(paths.build() / KEPT).get(key):
        return found
    if key not in _known:
        trees = [_tree(source) for source in sources]
        _known[key] = {
            "digest": _sha256("\0".join(map(ast.dump, trees))),
            "imports": sorted(set().union(*(_imported(tree, importer) for tree in trees))),
        }
    return _known[key]


_known: dict[str, dict[str, Any]] = {}


@cache
def _kept(file: Path) -> dict[str, dict[str, Any]]:
    return files.read_json_or_empty(file)


@cache
def _own() -> str:
    """Digest this module as it is: what it found out by other rules does not count."""
    return _sha256(Path(__file__).read_text(encoding="utf-8"))


def _imported(tree: ast.Module, importer: str) -> set[str]:
    """Return what import statements name inside the package, wherever they stand in the code."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, importer)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.startswith(f"{PACKAGE}.")}


def _with_packages(name: str) -> list[str]:
    """Return a module and the packages around it, whose __init__ runs first."""
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(2, len(parts) + 1)]


def _base(node: ast.ImportFrom, importer: str) -> str:
    if not node.level:
        return node.module or ""
    package = importer if _file(importer).name == "__init__.py" else importer.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    return ".".join(part for part in (package, node.module) if part)


def _file(name: str) -> Path:
    path = SOURCE.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _is_module(name: str) -> bool:
    return _file(name).is_file()


def _tree(source: str) -> ast.Module:
    """Parse code and drop the docstrings; comments are gone by parsing."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a broken cell still has a digest: it fails when it runs
        return ast.Module(body=[ast.Expr(ast.Constant(source))], type_ignores=[])
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
