"""A study's `select`: what it makes of the candidates, and how it is refused."""

import pytest
from factories.selecting import STUDY, parse

from helpers.core.errors import UserError
from helpers.pipeline import stage_parameters


def test_finalists_become_candidates_with_the_options_given(repository):
    study = parse(repository)
    assert [each.name for each in study.candidates][-2:] == ["finetune-best-1", "finetune-best-2"]
    assert study.candidates[-1].options["epochs"] == 7 and len(study.contenders) == 3
    given = stage_parameters.of(study, "2-select")
    assert given["finalists"] == 2 and given["contenders"][2]["model"].startswith("scratch:")


WRONG = {
    "unknown key": ("epochs", "epoch", "select: unknown key 'epoch'; did you mean 'epochs'?"),
    "misspelt": ("finalists", "finalist", "unknown key 'finalist'; did you mean 'finalists'?"),
    "too many": ("finalists: 2", "finalists: 4", "select: finalists: 4 of 3 probe(s) that can"),
    "none": ("finalists: 2", "finalists: 0", "select: finalists: must be greater"),
    "no word": ("epochs: 7", "race: perhaps", "select: race: must be true or false, not"),
    "no mapping": ("{finalists: 2, epochs: 7}", "2", "select: a mapping is needed"),
    "best as well": (
        "- baseline",
        "- finetune: {best: 1}\n  - baseline",
        "candidate name finetune-best-1",
    ),
    "unknown layer": ("lite1", "lite1@blok5", "unknown layer 'blok5'; did you mean 'block5'?"),
    "its own": ("select:", "contenders: []\nselect:", "unknown key 'contenders'"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_selection_gets_one_clear_line(repository, wrong):
    old, new, expected = WRONG[wrong]
    with pytest.raises(UserError) as caught:
        parse(repository, STUDY.replace(old, new, 1))
    message = str(caught.value)
    assert expected in message and message.startswith("params/study.yaml") and "\n" not in message
