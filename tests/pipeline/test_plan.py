"""Which stages make is given, in which order."""

import dataclasses
import shutil

import pytest
from factories.stages import STUDY, stale

from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.pipeline import plan


def test_make_gets_the_stages_that_are_out_of_date_and_their_order(study):
    shutil.rmtree(paths.build("small", "pixels"))
    to_run = plan.out_of_date(plan.load(["small"]))
    assert [each.key for each in to_run] == stale()
    lines = plan.text(to_run).splitlines()
    assert "small/pixels/3-evaluate: small/pixels/2-train" in lines
    assert "small/pixels/3-evaluate: POSITION := 2/3" in lines
    assert "small/4-compare: small/pixels/3-evaluate" in lines


def test_no_name_reaches_make_that_it_would_expand(study):
    [first, *_] = plan.load(["small"])
    for name in ("a$(shell touch PWNED)", "a b", "a:b", "a%b", "a\n\tb"):
        with pytest.raises(UserError, match="make cannot take"):
            plan.text([dataclasses.replace(first, study=name)])


def test_an_unknown_stage_is_answered_with_the_closest(repository):
    (repository / "params" / "small.yaml").write_text(STUDY)
    with pytest.raises(UserError, match="did you mean 'small/majority/2-train'"):
        plan.find("small/majorty/2-train")


def test_the_comparison_across_studies_is_planned_last_and_only_with_all_of_them(repository):
    for name in ("one", "two"):
        (repository / "params" / f"{name}.yaml").write_text(STUDY)
    assert [stage.key for stage in plan.load(["one", "two"])][-1] == "across/5-across"
    assert "across/5-across" not in [stage.key for stage in plan.load(["one"])]
    stage = plan.find("across/5-across")
    assert stage.needs == ("one/4-compare", "two/4-compare")
    assert stage.parameters["candidates"] == ["majority", "pixels"]
    (repository / "params" / "across.yaml").write_text(STUDY)
    with pytest.raises(UserError, match="the name across"):
        study_file.load("across")
