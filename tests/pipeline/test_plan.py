"""Which stages make is given, in which order."""

import shutil

import pytest
from factories.stages import STUDY, stale

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.pipeline import plan


def test_make_gets_the_stages_that_are_out_of_date_and_their_order(study):
    shutil.rmtree(paths.build("small", "pixels"))
    assert [each.key for each in plan.write(plan.load(["small"]))] == stale()
    lines = (paths.build() / "plan.mk").read_text().splitlines()
    assert "small/pixels/3-evaluate: small/pixels/2-train" in lines
    assert "small/4-compare: small/pixels/3-evaluate" in lines


def test_an_unknown_stage_is_answered_with_the_closest(repository):
    (repository / "params" / "small.yaml").write_text(STUDY)
    with pytest.raises(UserError, match="did you mean 'small/majority/2-train'"):
        plan.find("small/majorty/2-train")
