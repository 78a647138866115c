"""A study becomes stages: which there are, what each needs, and which are out of date."""

from pathlib import Path

from helpers.config import study_file
from helpers.config.candidates import Candidate
from helpers.config.study_file import Study
from helpers.core import files, paths
from helpers.core.errors import unknown
from helpers.data import tasks
from helpers.metrics.registry import METRICS
from helpers.pipeline import external_inputs, loaded_by_name, parameters, shared_candidates
from helpers.pipeline.stage import Stage, key_of

BEHIND = 9
"""Places by which an evaluation is put off in the list that make goes down."""


def stages(study: Study) -> list[Stage]:
    """Return the stages of a study, each after those that it needs."""
    choices = loaded_by_name.choices(study.task)
    data = Stage(
        study=study.name,
        stage="1-data",
        loads=loaded_by_name.modules(study, "1-data"),
        parameters=parameters.of(study, "1-data"),
        origin=_origins(study) | choices,
    )
    waiting = [each for each in study.candidates if each.model.startswith("best:")]
    first = [each for each in study.candidates if each not in waiting]
    made = [stage for each in first for stage in _candidate(study, each, data, [])]
    known = [each.name for each in study.candidates if each.adaptation == "probe"]
    before = [each for each in made if each.stage == "2-train" and each.candidate in known]
    if study.select:
        before = [_select(study, data, before)]
    made += before if study.select else []
    made += [stage for each in waiting for stage in _candidate(study, each, data, before)]
    return [data, *made, _compare(study, made)]


def over_all() -> list[Stage]:
    """Return the stage that compares the studies of params/, if two share two candidates."""
    every = {
        name: [each.name for each in study_file.load(name).candidates]
        for name in study_file.names()
    }
    studies, candidates = shared_candidates.of(every)
    if not studies:
        return []
    compared = [key_of(name, None, "4-compare") for name in studies]
    return [
        Stage(
            study=study_file.ACROSS,
            stage="5-across",
            parameters={"study": study_file.ACROSS, "studies": studies, "candidates": candidates},
            needs=tuple(compared),
            inputs=tuple(paths.build(name) / "leaderboard.json" for name in studies),
            origin=loaded_by_name.named_metrics(*METRICS),
        )
    ]


def find(key: str) -> Stage:
    """Return the stage of a key such as ``solar-cells/majority/2-train``."""
    study = key.partition("/")[0]
    planned = over_all() if study == study_file.ACROSS else stages(study_file.load(study))
    found = {stage.key: stage for stage in planned}
    if key not in found:
        raise unknown("stage", key, found)
    return found[key]


def out_of_date(planned: list[Stage]) -> list[Stage]:
    """Return the stages to run: the stale ones, and those after them, which may turn out fresh."""
    waiting: dict[str, Stage] = {}
    for stage in planned:
        if not stage.fresh or any(need in waiting for need in stage.needs):
            waiting[stage.key] = stage
    return list(waiting.values())


def load(names: list[str]) -> list[Stage]:
    """Return the stages of some studies; every file is checked before the first is planned."""
    every = [
        stage for study in [study_file.load(name) for name in names] for stage in stages(study)
    ]
    last = over_all() if set(study_file.names()) <= set(names) else []
    return every + last


def write(planned: list[Stage]) -> list[Stage]:
    """Write build/plan.mk for make, and return the stages to run."""
    todo = out_of_date(planned)
    keys = [stage.key for stage in todo]
    lines = ["# Written by `python -m helpers plan`: the stages that are out of date.", "STAGES :="]
    lines[1] += "".join(f" \\\n  {stage.key}" for stage in _staggered(todo))
    for stage in todo:
        needs = [need for need in stage.needs if need in keys]
        lines += [f"{stage.key}: {' '.join(needs)}"] if needs else []
    files.write_text(paths.build() / "plan.mk", "\n".join(lines) + "\n")
    files.write_json(paths.build() / "plan.json", keys)
    return todo


def _staggered(todo: list[Stage]) -> list[Stage]:
    """Order stages for make, which goes down its list once before it comes back to what waited.

    The study of the longest chain comes first, or it would end alone; an evaluation stands some
    trainings behind its own, so that one which waits to be timed leaves a core to it.
    """
    chain: dict[str, int] = {}
    longest: dict[str, int] = {}
    for stage in todo:
        chain[stage.key] = 1 + max((chain.get(need, 0) for need in stage.needs), default=0)
        longest[stage.study] = max(chain[stage.key], longest.get(stage.study, 0))
    ordered = sorted(todo, key=lambda stage: -longest[stage.study])
    behind = [BEHIND if stage.stage in ("3-evaluate", "4-compare") else 0 for stage in ordered]
    return [ordered[at] for at in sorted(range(len(ordered)), key=lambda at: at + behind[at])]


def outside(names: list[str]) -> list[Path]:
    """List a person's own files and folders that some studies read."""
    studies = [study_file.load(name) for name in names]
    sources = [each for study in studies for each in (study.data.source, *study.data.shift)]
    models = [each.model for study in studies for each in (*study.candidates, *study.contenders)]
    own = [path for each in sources for path in external_inputs.own_data(each)]
    return own + [path for each in models if (path := external_inputs.own_model(each))]


def _candidate(
    study: Study, candidate: Candidate, data: Stage, before: list[Stage]
) -> tuple[Stage, Stage]:
    """Return a candidate's two stages; its training waits for the stages ``before`` it."""
    own, choices = tasks.get(study.task).notebooks, _choices(study)
    train = Stage(
        study=study.name,
        candidate=candidate.name,
        stage="2-train",
        loads=loaded_by_name.modules(study, "2-train", candidate),
        notebook=own.get("2-train"),
        parameters=parameters.of(study, "2-train", candidate.name),
        needs=(data.key, *(stage.key for stage in before)),
        inputs=(*data.outputs, *(_learnt(stage) for stage in before)),
        origin=external_inputs.of_model(candidate.model) | choices,
    )
    evaluate = Stage(
        study=study.name,
        candidate=candidate.name,
        stage="3-evaluate",
        loads=loaded_by_name.modules(study, "3-evaluate", candidate),
        notebook=own.get("3-evaluate"),
        parameters=parameters.of(study, "3-evaluate", candidate.name),
        needs=(train.key,),
        inputs=(data.folder / "splits.parquet", *train.outputs),
        origin=choices,
    )
    return train, evaluate


def _select(study: Study, data: Stage, probes: list[Stage]) -> Stage:
    """Return the stage that chooses the finalists, from trained probes or by racing itself."""
    models = [external_inputs.of_model(contender.model) for contender in study.contenders]
    return Stage(
        study=study.name,
        stage="2-select",
        loads=loaded_by_name.modules(study, "2-select"),
        parameters=parameters.of(study, "2-select"),
        needs=(data.key, *(stage.key for stage in probes)),
        inputs=(*data.outputs, *(_learnt(stage) for stage in probes)),
        origin={name: value for model in models for name, value in model.items()} | _choices(study),
    )


def _choices(study: Study) -> dict[str, str]:
    """Digest what the tables of tasks and metrics say of a study's own."""
    return loaded_by_name.choices(study.task) | loaded_by_name.named_metrics(study.evaluate.primary)


def _origins(study: Study) -> dict[str, str]:
    """Digest every source that the data come from."""
    found: dict[str, str] = {}
    for source in (study.data.source, *study.data.shift):
        found |= external_inputs.of_source(source)
    return found


def _compare(study: Study, made: list[Stage]) -> Stage:
    read = ("metrics.json", "predictions.parquet", "training.json")
    evaluated = [stage for stage in made if stage.stage == "3-evaluate"]
    selected = [stage for stage in made if stage.stage == "2-select"]
    return Stage(
        study=study.name,
        stage="4-compare",
        loads=loaded_by_name.modules(study, "4-compare"),
        parameters=parameters.of(study, "4-compare"),
        origin=loaded_by_name.named_metrics(study.evaluate.primary),
        needs=tuple(stage.key for stage in [*evaluated, *selected]),
        inputs=(
            *(stage.folder / name for stage in evaluated for name in read),
            *(_learnt(stage) for stage in selected),
        ),
    )


def _learnt(stage: Stage) -> Path:
    """Return the file of a training or a selection that later stages read."""
    return stage.folder / ("selection.json" if stage.stage == "2-select" else "training.json")
