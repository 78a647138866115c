"""docs/architecture.md: its drawing is that of the code, and every function it names exists."""

import re
from importlib import import_module

import pytest
from factories.repository import REPOSITORY

from helpers.report import architecture

PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = re.findall(rf"`((?:{'|'.join(architecture.ROOMS)})(?:\.[a-z_]+)+)`", PAGE)
NAMED = [name for name in NAMED if not name.endswith(".json")]
FILES = re.findall(r"`((?:src/helpers/)?[a-z_]+/[a-z_/]*(?:\.py)?)`", PAGE)


def test_the_drawing_is_that_of_the_code():
    kept = (REPOSITORY / "docs" / "architecture.svg").read_text(encoding="utf-8")
    assert kept == architecture.draw(), "run `python -m helpers architecture`"


def test_the_drawing_goes_to_docs(repository):
    file = architecture.save()
    assert file == repository / "docs" / "architecture.svg"
    assert file.read_text(encoding="utf-8") == architecture.draw()


@pytest.mark.parametrize("name", NAMED)
def test_a_function_named_on_the_page_exists(name):
    module, _, function = f"helpers.{name}".rpartition(".")
    assert callable(getattr(import_module(module), function))


def test_the_page_names_functions_of_every_stage():
    rooms = {name.partition(".")[0] for name in NAMED}
    assert {"data", "training", "evaluation", "comparison", "report", "pipeline"} <= rooms


@pytest.mark.parametrize("name", sorted(set(FILES)))
def test_a_file_named_on_the_page_exists(name):
    assert (architecture.SOURCE / name.removeprefix("src/helpers/")).exists()
