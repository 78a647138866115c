"""Digests of code: comments and docstrings leave them as they are, imports are followed."""

import json

import pytest

from helpers.core import code_digest, files


@pytest.fixture
def package(repository, tmp_path, monkeypatch):
    """Replace the package by a small one whose modules the test writes."""
    root = tmp_path / "helpers"
    (root / "core").mkdir(parents=True)
    (root / "core" / "__init__.py").write_text("")
    monkeypatch.setattr(code_digest, "SOURCE", root)
    caches = (code_digest.of_module, code_digest._imports_of, code_digest._is_module)
    for cached in caches:
        cached.cache_clear()
    yield root
    for cached in caches:
        cached.cache_clear()


def notebook(path, *cells):
    made = [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells]
    path.write_text(json.dumps({"cells": made, "metadata": {}}))
    return path


@pytest.mark.parametrize(
    ("edited", "same"),
    [
        ('"""Another."""\n\n\ndef f():\n    """New."""\n    return 1  # why\n', True),
        ("def f():\n    return 2\n", False),
    ],
)
def test_only_code_changes_a_digest(package, edited, same):
    file = package / "core" / "a.py"
    file.write_text('"""A module."""\n\n\ndef f():\n    return 1\n')
    before = code_digest.of_module("helpers.core.a")
    file.write_text(edited)
    code_digest.of_module.cache_clear()
    assert (code_digest.of_module("helpers.core.a") == before) is same


def test_imports_are_followed_wherever_they_stand(package, tmp_path):
    (package / "core" / "a.py").write_text("def f():\n    from . import b\n")
    (package / "core" / "b.py").write_text("import helpers.core.c\n")
    (package / "core" / "c.py").write_text("")
    (package / "core" / "unused.py").write_text("")
    cell = "from helpers.core import a\nfrom os import path"
    found = code_digest.of_imports(notebook(tmp_path / "n.ipynb", cell))
    modules = ["helpers.core", "helpers.core.a", "helpers.core.b", "helpers.core.c"]
    assert sorted(found) == modules
    named = code_digest.of_imports(notebook(tmp_path / "n.ipynb", ""), ["helpers.core.c"])
    assert sorted(named) == ["helpers.core", "helpers.core.c"]


def test_what_was_parsed_is_saved_by_content(package, repository):
    (package / "core" / "a.py").write_text("x = 1\n")
    digest = code_digest.of_module("helpers.core.a")
    code_digest.save_cache()
    saved = files.read_sealed(repository / "build" / code_digest.CACHE)
    assert digest in {each["digest"] for each in saved.values()}


def test_a_broken_cell_has_a_digest(repository, tmp_path):
    first = code_digest.of_notebook(notebook(tmp_path / "a.ipynb", "1 +"))
    assert first != code_digest.of_notebook(notebook(tmp_path / "b.ipynb", "2 +"))
