"""The package's rooms: imports go down only, without circles, and quoted module names exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from factories.repository import REPOSITORY

from helpers.report import architecture

ROOMS = list(architecture.ROOMS)
APART = {"evaluation", "training"}
"""Rooms that do not import each other in either direction."""
SOURCE = REPOSITORY / "src"


class Import(NamedTuple):
    """One module of ours that another one imports, and the line that does so."""

    importer: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{FILES[self.importer].relative_to(REPOSITORY)}:{self.line} imports {self.imported}"

    @property
    def rooms(self) -> tuple[str, str]:
        return self.importer.split(".")[1], self.imported.split(".")[1]


def name_of(file: Path) -> str:
    """Return the dotted name of a module's file."""
    name = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
    return name.removesuffix(".__init__")


FILES = {name_of(file): file for file in sorted((SOURCE / "helpers").rglob("*.py"))}
TREES = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in FILES.items()}


def imports() -> Iterator[Import]:
    """List every import between our modules: inside functions and for type checkers, too."""
    for importer, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{FILES[importer]}:{node.lineno}: a relative import"
                inside = [f"{node.module}.{alias.name}" for alias in node.names]
                names = [name if name in FILES else str(node.module) for name in inside]
            else:
                continue
            for name in names:
                if name in FILES and name not in ("helpers", importer):
                    yield Import(importer, node.lineno, name)


def test_imports_between_rooms_go_down_only():
    wrong = []
    for each in imports():
        above, below = each.rooms
        up = ROOMS.index(below) > ROOMS.index(above)
        if up or (above != below and {above, below} == APART):
            wrong.append(str(each))
    assert not wrong, "\n".join(["imports that go up:", *wrong])


def test_no_files_import_each_other_in_a_circle():
    every = list(imports())
    left = set(FILES)
    while free := left - {each.importer for each in every if each.imported in left}:
        left -= free  # whatever imports nothing that is left is part of no circle
    inside = [str(each) for each in every if each.importer in left and each.imported in left]
    assert not inside, "\n".join(["circles, or imports of them:", *inside])


def test_nothing_lies_flat_but_the_entry_point():
    entries = {path.name for path in (SOURCE / "helpers").iterdir()} - {"__pycache__"}
    assert entries == {"__init__.py", "__main__.py", *ROOMS} - {"__main__"}


def exists(name: str) -> bool:
    """Tell whether a dotted name is a module, or something that a module defines."""
    module, _, attribute = name.rpartition(".")
    body = TREES[module].body if module in FILES else ()
    defined = {getattr(node, "name", None) for node in body}
    defined |= {ast.unparse(part) for node in body for part in targets(node)}
    return name in FILES or attribute in defined


def targets(node: ast.stmt) -> list[ast.expr]:
    """Return what a statement assigns to."""
    return (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )


def test_module_names_in_quotes_are_modules():
    """Digests and caches name modules as text: a rename must not leave one behind."""
    wrong = []
    for name, tree in TREES.items():
        joined = {
            part
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or node in joined:
                continue
            quoted = str(node.value).replace(":", ".")
            if re.fullmatch(r"helpers(\.\w+)+", quoted) and not exists(quoted):
                wrong.append(f"{FILES[name].relative_to(REPOSITORY)}:{node.lineno}: {quoted}")
    assert not wrong, "\n".join(["no such modules:", *wrong])
