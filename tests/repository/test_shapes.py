"""The shape of the code: few parameters, one meaning a class name, no name of a module in vain."""

import ast
from collections import Counter

import pytest
from factories.repository import REPOSITORY

SOURCE = REPOSITORY / "src" / "helpers"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}
MOST_PARAMETERS, MOST_LINES = 6, 250


def functions():
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", node.args


def test_a_function_takes_at_most_six_parameters():
    for where, given in functions():
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        assert len([name for name in names if name not in ("self", "cls")]) <= MOST_PARAMETERS, (
            where
        )


def test_no_two_classes_share_a_name():
    names = Counter(
        node.name for tree in TREES.values() for node in tree.body if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", TREES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_a_test_file_lies_in_the_room_of_what_it_tests():
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir()} - {"__pycache__"}
    others = {"cases", "end_to_end", "factories", "golden", "repository", "stress", "growth"}
    folders = {path.name for path in (REPOSITORY / "tests").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == rooms | others
