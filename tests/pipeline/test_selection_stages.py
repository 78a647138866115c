"""The stages of a study that selects."""

from factories.selecting import STUDY, parse

from helpers.core import paths
from helpers.pipeline import plan


def test_selecting_comes_between_the_probes_and_the_finalists(repository):
    stages = {stage.key: stage for stage in plan.stages(parse(repository))}
    select = stages["study/2-select"]
    assert set(select.needs) == {
        "study/1-data",
        *(key for key in stages if "probe" in key and key.endswith("2-train")),
    }
    final = stages["study/finetune-best-2/2-train"]
    assert final.needs == ("study/1-data", "study/2-select")
    assert paths.build("study") / "selection.json" in final.inputs
    assert paths.build("study") / "selection.json" in stages["study/4-compare"].inputs
    order = list(stages)
    assert all(order.index(need) < order.index(key) for key in stages for need in stages[key].needs)


def test_in_a_race_the_probes_are_not_candidates_of_the_study(repository):
    study = parse(repository, STUDY.replace("epochs: 7", "race: true"))
    names = [each.name for each in study.candidates]
    assert names == ["majority", "finetune-best-1", "finetune-best-2"]
    stages = {stage.key: stage for stage in plan.stages(study)}
    assert stages["study/2-select"].needs == ("study/1-data",)
    assert not any("probe" in key for key in stages)


def test_a_study_without_select_has_the_stages_it_had(repository):
    text = STUDY.replace("select: {finalists: 2, epochs: 7}\n", "").replace(
        "  - probe", "  - finetune: {best: 1}\n  - probe"
    )
    stages = {stage.key: stage for stage in plan.stages(parse(repository, text))}
    needs = stages["study/finetune-best-1/2-train"].needs
    assert len(needs) == 4 and "study/2-select" not in stages
