"""The table of tasks: every row names what exists, and no other place asks which task it is."""

from dataclasses import fields

import pytest
from factories.repository import REPOSITORY

from helpers.core import dotted_names
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data import tasks
from helpers.models import kinds

MEMBERS = ("ONE", "MANY", "SAME", "SUFFIXES", "MEASURES", "decode")


@pytest.mark.parametrize("task", tasks.TASKS)
def test_a_task_names_functions_options_and_notebooks_that_exist(task):
    row = tasks.get(task)
    assert all(callable(dotted_names.load(name)) for name in (row.clean, row.answers, row.compare))
    sections = [*row.baselines.values(), *row.adaptations.values()]
    assert all(issubclass(dotted_names.load(name), Section) for name in sections)
    for name in row.notebooks.values():
        assert (REPOSITORY / "notebooks" / f"{name}.ipynb").is_file()


@pytest.mark.parametrize("task", tasks.TASKS)
def test_a_modality_says_how_its_items_are_named_found_and_decoded(task):
    modality = tasks.of(task)
    assert all(hasattr(modality, name) for name in MEMBERS)
    assert modality.ONE and modality.MANY and modality.SAME and callable(modality.decode)


def test_only_the_table_names_the_tasks():
    """A comparison with a task's name anywhere else would be a branch for every new task."""
    sources = [path for path in (REPOSITORY / "src").rglob("*.py") if path.name != "tasks.py"]
    for path in sources:
        for name in tasks.TASKS:
            for branch in (f'== "{name}"', f'!= "{name}"', f'in ("{name}"'):
                assert branch not in path.read_text(), path


@pytest.mark.parametrize("modality", sorted({row.modality for row in tasks.TASKS.values()}))
def test_models_are_known_by_what_they_read(modality):
    assert kinds.prefixes(modality)


def test_a_task_has_no_field_that_nothing_reads():
    code = "\n".join(path.read_text() for path in (REPOSITORY / "src").rglob("*.py"))
    assert all(f".{field.name}" in code for field in fields(tasks.Task))


def test_an_unknown_task_is_one_line_with_the_closest():
    with pytest.raises(UserError, match="did you mean 'image-classification'"):
        tasks.of("image-clasification")
