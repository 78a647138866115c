"""From a study to its stages: what each needs, and which are out of date."""

import re
from collections.abc import Sequence
from pathlib import Path

from helpers.config import lesson_file, study_file
from helpers.config.candidates import Candidate
from helpers.config.names import ACROSS
from helpers.config.study_file import Study
from helpers.core import code_digest, paths
from helpers.core.errors import UserError, check_known
from helpers.core.records.lesson import LESSONS
from helpers.data import tasks
from helpers.metrics.registry import METRICS
from helpers.pipeline import external_inputs, loaded_by_name, stage_parameters
from helpers.pipeline.stage import Stage, key_of

MOST_SHARED = 1000  # sets of shared candidates looked at: there may be as many as of studies
DELAY = 9  # how many stages an evaluation is moved back in the list that make works through


def stages(study: Study) -> list[Stage]:
    """Return the stages of a study, each after those that it needs."""
    origin = loaded_by_name.choices(study.task)
    for source in (study.data.source, *study.data.shift):
        origin |= external_inputs.of_source(source)
    data = _stage(study, "1-data", origin=origin)
    seen = origin.copy()
    for backbone in study.pretrain:
        seen |= external_inputs.of_source(backbone["data"]) if "data" in backbone else {}
    pretrain = _stage(study, "0-pretrain", origin=seen, after=[data], inputs=data.written)
    made = [pretrain] * bool(study.pretrain)
    ranked = [each for each in study.candidates if each.model.startswith("best:")]
    first = [each for each in study.candidates if not each.model.startswith("best:")]
    own = {each.name: made if "pretrained:" in each.model else [] for each in first}
    planned = [stage for each in first for stage in _candidate(study, each, data, own[each.name])]
    probes = {each.name for each in first if each.adaptation == "probe"}
    before = [each for each in planned if each.stage == "2-train" and each.candidate in probes]
    if study.select:
        before = [_select(study, data, [*made, *before])]
        planned += before
    before = [*made, *before]
    planned += [stage for each in ranked for stage in _candidate(study, each, data, before)]
    return [data, *made, *planned, _compare(study, planned)]


def across() -> list[Stage]:
    """Return the stage that compares the studies of params/, if two share two candidates."""
    planned = map(study_file.load, study_file.names())
    names = {study.name: [each.name for each in study.candidates] for study in planned}
    studies, candidates = shared_candidates(names)
    if not studies:
        return []
    stage = Stage(
        study=ACROSS,
        stage="5-across",
        parameters={"study": ACROSS, "studies": studies, "candidates": candidates},
        needs=tuple(key_of(name, None, "4-compare") for name in studies),
        inputs=tuple(paths.build(name) / "leaderboard.json" for name in studies),
        origin=loaded_by_name.named_metrics(*METRICS),
    )
    return [stage]


def of(name: str) -> list[Stage]:
    """Return the stages of a study, of all studies together, of all lessons or of one."""
    if name == ACROSS:
        return across()
    if name not in (LESSONS, *lesson_file.names()):
        return stages(study_file.load(name))
    return [_lesson(each) for each in (lesson_file.names() if name == LESSONS else [name])]


def find(key: str) -> Stage:
    """Return the stage with a key such as ``solar-cells/majority/2-train``."""
    study, _, inside = key.partition("/")
    by_key = {stage.key: stage for stage in of(inside if study == LESSONS else study)}
    check_known("stage", key, by_key)
    return by_key[key]


def out_of_date(planned: list[Stage]) -> list[Stage]:
    """Return the stages to run: the stale ones and those after them, which may turn out fresh."""
    to_run: dict[str, Stage] = {}
    for stage in planned:
        if not stage.fresh or not to_run.keys().isdisjoint(stage.needs):
            to_run[stage.key] = stage
    return list(to_run.values())


def load(names: list[str]) -> list[Stage]:
    """Return the stages of some studies and lessons; every file is checked before any runs."""
    planned = [stage for name in names for stage in of(name)]
    return planned + (across() if set(study_file.names()) <= set(names) else [])


def text(to_run: list[Stage]) -> str:
    """Write stages for make: what runs, in which order, and each one's place among all."""
    keys = [stage.key for stage in to_run]
    if odd := [key for key in keys if not re.fullmatch(r"[\w./-]+", key)]:
        raise UserError(f"{odd[0]!r}: make cannot take this name")
    listed = "".join(f" \\\n  {stage.key}" for stage in _staggered(to_run))
    lines = [f"STAGES :={listed}"]
    for number, stage in enumerate(to_run, 1):
        needs = [need for need in (*stage.needs, *stage.after) if need in keys]
        lines += [f"{stage.key}: {' '.join(needs)}"] if needs else []
        lines += [f"{stage.key}: POSITION := {number}/{len(keys)}"]
    return "\n".join(lines) + "\n"


def own_files(names: list[str]) -> list[Path]:
    """List the user's own files and folders that some studies read."""
    studies = [study_file.load(used) for name in names for used in _used(name)]
    sources = [each for study in studies for each in (study.data.source, *study.data.shift)]
    sources += [each["data"] for study in studies for each in study.pretrain if "data" in each]
    models = [each.model for study in studies for each in (*study.candidates, *study.contenders)]
    own = [path for source in sources for path in external_inputs.own_data(source)]
    return own + [path for model in models if (path := external_inputs.own_model(model))]


def _staggered(to_run: list[Stage]) -> list[Stage]:
    """Order stages for make, which goes through its list once before it returns to blocked ones.

    The study with the longest chain comes first, so that it does not end alone. An evaluation is
    moved behind some trainings, so that one that waits for cores leaves a job slot to them.
    """
    chain: dict[str, int] = {}
    longest: dict[str, int] = {}
    for stage in to_run:
        chain[stage.key] = 1 + max((chain.get(need, 0) for need in stage.needs), default=0)
        longest[stage.study] = max(chain[stage.key], longest.get(stage.study, 0))
    ordered = sorted(to_run, key=lambda stage: -longest[stage.study])
    delays = [DELAY if stage.stage in ("3-evaluate", "4-compare") else 0 for stage in ordered]
    position = {stage.key: index + delays[index] for index, stage in enumerate(ordered)}
    return sorted(ordered, key=lambda stage: position[stage.key])


def _stage(
    study: Study,
    name: str,
    candidate: Candidate | None = None,
    *,
    origin: dict[str, str],
    after: Sequence[Stage] = (),
    inputs: Sequence[Path] = (),
) -> Stage:
    candidate_name = candidate.name if candidate else None
    return Stage(
        study=study.name,
        candidate=candidate_name,
        stage=name,
        loads=loaded_by_name.modules(study, name, candidate),
        keras=loaded_by_name.keras(study, name, candidate),
        notebook=tasks.get(study.task).notebooks.get(name),
        parameters=stage_parameters.of(study, name, candidate_name),
        needs=tuple(stage.key for stage in after),
        inputs=tuple(inputs),
        origin=origin,
    )


def _lesson(name: str) -> Stage:
    """Return the stage of a lesson, which shares what the studies that it uses load by name."""
    lesson = lesson_file.load(name)
    used = [stage for study in _used(name) for stage in stages(study_file.load(study))]
    origins = {f"{each.study}: {key}": at for each in used for key, at in each.origin.items()}
    return Stage(
        study=LESSONS,
        stage=name,
        notebook=f"{LESSONS}/{name}",
        parameters={},
        loads=tuple(sorted({module for each in used for module in each.loads})),
        keras=any(each.keras for each in used),
        after=tuple(each.key for each in used if each.stage == "4-compare"),
        origin=origins | {"defaults": code_digest.of_value(lesson.defaults)},
    )


def _used(name: str) -> Sequence[str]:
    """List the studies that a study or lesson, or all lessons, are made from."""
    if name not in (LESSONS, *lesson_file.names()):
        return [name]
    lessons = [lesson_file.load(each) for each in lesson_file.names() if name in (LESSONS, each)]
    for lesson in lessons:
        for study in lesson.uses:
            check_known("study", study, study_file.names(full=True), f"{lesson.file}: uses")
    return sorted({study for lesson in lessons for study in lesson.uses})


def _candidate(study: Study, candidate: Candidate, data: Stage, before: list[Stage]) -> list[Stage]:
    choices = _choices(study)
    origin = external_inputs.of_model(candidate.model) | choices
    origin |= external_inputs.of_options(candidate.options)
    read = [*data.written, *map(_result, before)]
    train = _stage(study, "2-train", candidate, after=[data, *before], inputs=read, origin=origin)
    truth = [data.folder / name for name in ("splits.parquet", "boxes.parquet")]
    read = [*truth, *train.written]
    evaluate = _stage(study, "3-evaluate", candidate, after=[train], inputs=read, origin=choices)
    return [train, evaluate]


def _select(study: Study, data: Stage, probes: list[Stage]) -> Stage:
    origin = _choices(study)
    for contender in study.contenders:
        origin |= external_inputs.of_model(contender.model)
    read = [*data.written, *map(_result, probes)]
    return _stage(study, "2-select", after=[data, *probes], inputs=read, origin=origin)


def _compare(study: Study, planned: list[Stage]) -> Stage:
    evaluated = [stage for stage in planned if stage.stage == "3-evaluate"]
    selected = [stage for stage in planned if stage.stage == "2-select"]
    names = ("metrics.json", "predictions.parquet", "training.json")
    read = [stage.folder / name for stage in evaluated for name in names]
    read += map(_result, selected)
    origin = loaded_by_name.named_metrics(study.evaluate.primary)
    return _stage(study, "4-compare", after=evaluated + selected, inputs=read, origin=origin)


def _choices(study: Study) -> dict[str, str]:
    return loaded_by_name.choices(study.task) | loaded_by_name.named_metrics(study.evaluate.primary)


def _result(stage: Stage) -> Path:
    records = {"0-pretrain": "pretraining.json", "2-select": "selection.json"}
    return stage.folder / records.get(stage.stage, "training.json")


def shared_candidates(candidates: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Choose studies, and candidates they share, with the largest product; two of each, or none."""
    plain = {study: [c for c in names if "-seed-" not in c] for study, names in candidates.items()}
    sets, shared = [frozenset(names) for names in plain.values()], set[frozenset[str]]()
    for own in sets:  # what some of the studies share: rarely more sets than studies
        shared |= {own, *(each & own for each in shared)}
        shared = set(sorted(shared, key=lambda each: (-len(each), sorted(each)))[:MOST_SHARED])
    found = [([row for row, own in enumerate(sets) if each <= own], each) for each in shared]
    ranked = [(len(rows) * len(each), len(rows), rows, each) for rows, each in found]
    several = [each for each in ranked if each[1] > 1 and len(each[3]) > 1]
    if not several:
        return [], []
    _, _, rows, common = max(several, key=lambda each: each[:3])  # of equals, the most studies
    return [[*plain][row] for row in rows], [c for c in [*plain.values()][rows[0]] if c in common]
