"""Corrupted test items: which items, changed how, by what."""

import pytest
from factories.dataset import made_dataset
from factories.texts import made_texts

from helpers.core.errors import UserError
from helpers.training import robustness

PLAN = {"noises": ["casing", "dropped"], "severities": [0.1, 0.6], "items": 24}


def test_a_corrupted_item_depends_on_its_id_alone(repository):
    data = made_texts()
    many = robustness.corrupted(data, PLAN, 0)
    few = robustness.corrupted(data, {**PLAN, "noises": ["dropped"], "severities": [0.6]}, 0)
    assert len(many.frame) == 4 * 24 and set(many.frame["split"]) == {"test"}
    named = {name: row for row, name in enumerate(many.frame["id"])}
    for row, name in enumerate(few.frame["id"]):
        assert few.example(row) == many.example(named[name])
    assert few.digest != many.digest != robustness.corrupted(data, PLAN, 1).digest
    with pytest.raises(UserError, match="did you mean 'typos'"):
        robustness.corrupted(data, {**PLAN, "noises": ["typo"]}, 0)


def test_images_can_be_corrupted_too(repository):
    plan = {"noises": ["dark"], "severities": [0.5], "items": 10}
    given = robustness.corrupted(made_dataset(), plan, 0)
    assert (
        given.example(3).mean() < 0.7 * made_dataset().example(int(given.frame["item"][3])).mean()
    )
