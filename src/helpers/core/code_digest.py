"""Digests of code, part by part; editing comments, docstrings or prose reruns nothing."""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import Any, TypedDict

from helpers.core import files, notebook_file, paths

PACKAGE = "helpers"
CACHE = "code.json"
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # the lists of a statement's own
SOURCE = Path(__file__).resolve().parents[1]
NO_INFLUENCE = {  # modules that report, locate or describe results and do not decide them
    "helpers.core.dotted_names",
    "helpers.core.errors",
    "helpers.core.paths",
    "helpers.core.progress",
    "helpers.core.provenance",
    "helpers.data.tasks",
    "helpers.report.provenance",
}


class _ParsedCode(TypedDict):
    digest: str
    imports: list[str]


_new: dict[str, _ParsedCode] = {}  # what this process parsed


def of_value(value: Any) -> str:
    """Digest a plain value, whatever the order of its keys."""
    return _sha256(json.dumps(value, sort_keys=True, default=str))


def of_notebook(notebook: Path) -> str:
    """Digest a notebook's code cells, not its prose, outputs or default parameters."""
    return _parsed(_code_cells(notebook), "")["digest"]


def of_modules(names: list[str]) -> str:
    """Digest modules of the package together with all the modules that they import."""
    return of_value({name: of_module(name) for name in sorted(_reached(names))})


@cache
def of_module(name: str) -> str:
    """Digest one module's code, without its comments and docstrings."""
    return _parsed_module(name)["digest"]


def of_imports(notebook: Path, others: Sequence[str] = ()) -> dict[str, str]:
    """Digest each module that a notebook or one of ``others`` imports, directly or indirectly."""
    names = _parsed(_code_cells(notebook), "")["imports"]
    modules = _reached(_modules([*names, *others]))
    return {name: of_module(name) for name in sorted(modules - NO_INFLUENCE)}


def save_cache() -> None:
    """Save what was parsed, by content: parsing is slow."""
    file = paths.build() / CACHE
    if not _new.keys() <= _saved(file).keys():
        files.write_sealed(file, _saved(file) | _new)


def _code_cells(notebook: Path) -> tuple[str, ...]:
    cells = [cell for cell in notebook_file.read(notebook)["cells"] if cell["cell_type"] == "code"]
    code = [cell for cell in cells if "parameters" not in cell["metadata"].get("tags", [])]
    return tuple("".join(cell["source"]) for cell in code)


def _reached(names: Iterable[str]) -> set[str]:
    seen, waiting = set[str](), sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_imports_of(name) - seen)
    return seen


@cache
def _imports_of(name: str) -> frozenset[str]:
    return _modules(_parsed_module(name)["imports"]) - {name}


def _modules(names: list[str]) -> frozenset[str]:
    """Return the modules among imported names and their packages, whose ``__init__`` runs first."""
    parts = [name.split(".") for name in names if _is_module(name)]
    return frozenset(".".join(each[:depth]) for each in parts for depth in range(2, len(each) + 1))


def _parsed_module(name: str) -> _ParsedCode:
    return _parsed((_file(name).read_text(encoding="utf-8"),), name)


@cache
def _parsed(sources: tuple[str, ...], importer: str) -> _ParsedCode:
    key = of_value([importer, sources, _own_digest()])
    if saved := _saved(paths.build() / CACHE).get(key):
        return saved
    if key not in _new:
        trees = [_tree(source) for source in sources]
        _new[key] = {
            "digest": _sha256("\0".join(map(ast.dump, trees))),
            "imports": sorted(set().union(*(_imported(tree, importer) for tree in trees))),
        }
    return _new[key]


@cache
def _saved(file: Path) -> dict[str, _ParsedCode]:
    return files.read_sealed(file)


@cache
def _own_digest() -> str:  # what this module found by other rules is not used again
    return files.sha256(Path(__file__))


def _imported(tree: ast.Module, importer: str) -> set[str]:
    names = set()
    for node in _with_statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, importer)
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith(f"{PACKAGE}.")}


def _base(node: ast.ImportFrom, importer: str) -> str:
    package = importer if _file(importer).name == "__init__.py" else importer.rpartition(".")[0]
    return resolve_name("." * node.level + (node.module or ""), package or PACKAGE)


def _file(name: str) -> Path:
    path = SOURCE.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _is_module(name: str) -> bool:
    return _file(name).is_file()


def _tree(source: str) -> ast.Module:
    """Parse code and drop its docstrings; parsing drops the comments."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a broken cell has a digest too: it fails when it runs
        return ast.Module(body=[ast.Expr(ast.Constant(source))], type_ignores=[])
    for node in _with_statements(tree):
        if isinstance(body := getattr(node, "body", None), list):
            body[:] = [statement for statement in body if not _is_text(statement)]
    return tree


def _with_statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements and what holds some, but no expressions, which are most of a tree."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        yield (node := waiting.pop())
        for inside in (getattr(node, name, ()) for name in BLOCKS):
            waiting += inside if isinstance(inside, list) else ()


def _is_text(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
