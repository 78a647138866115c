"""The seam: every modality gives the same names, and no other place asks which it is."""

import inspect

import pytest

from helpers import models
from helpers.config import model_names
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data import tasks
from helpers.data.image import modality
from helpers.models import speech

WORDS = ("ONE", "MANY", "SAME")
GIVEN = {name: value for name, value in vars(modality).items() if name.isupper()}
FUNCTIONS = ("decode", "survey", "show", "show_measures", "as_seen")


@pytest.mark.parametrize("task", tasks.TASKS)
def test_every_modality_has_what_pictures_have(task):
    own = tasks.of(task)
    for name, value in GIVEN.items():
        assert type(getattr(own, name)) is type(value), name
    assert all(getattr(own, name) for name in WORDS)
    for name in FUNCTIONS:
        ours, theirs = (inspect.signature(getattr(each, name)) for each in (own, modality))
        assert len(ours.parameters) == len(theirs.parameters), name
    assert all(issubclass(each, Section) for each in {**own.BASELINES, **own.OPTIONS}.values())
    if task.endswith("-classification"):
        assert "majority" in own.BASELINES and "probe" in own.OPTIONS


@pytest.mark.parametrize("modality", sorted(set(tasks.TASKS.values())))
def test_models_are_known_by_what_they_read(modality):
    kinds = speech.PREFIXES if modality == "speech" else models.KINDS[modality]
    assert set(kinds) == set(model_names.PREFIXES[modality])


def test_an_unknown_task_is_one_line_with_the_closest():
    with pytest.raises(UserError, match="did you mean 'image-classification'"):
        tasks.of("image-clasification")
