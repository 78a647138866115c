"""An edited sentence is carried into the executed notebook without a run."""

from factories.stages import edit_cell, stale

from helpers.core import paths
from helpers.pipeline import plan, prose


def test_an_edited_sentence_renews_its_report_and_reruns_nothing(study):
    edit_cell("4-compare", "markdown", "\n\nA new sentence.")
    assert stale() == []
    assert [each.key for each in plan.load(["small"]) if prose.refresh(each)] == ["small/4-compare"]
    assert "A new sentence." in (paths.build("small") / "4-compare.ipynb").read_text()
    assert not any(prose.refresh(each) for each in plan.load(["small"]))
