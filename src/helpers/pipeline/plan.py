"""A study becomes stages: what each is made of, what it makes, and which are out of date."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers import files, modalities, params, paths
from helpers.candidates import Candidate
from helpers.errors import unknown
from helpers.params import Study
from helpers.pipeline import digest, origin, shared

OUTPUTS = {
    "1-data": ("data.json", "splits.parquet"),
    "2-select": ("selection.json",),
    "2-train": ("predictions.parquet", "training.json"),
    "2-train-speech": ("predictions.parquet", "conditions.parquet", "training.json"),
    "3-evaluate": ("metrics.json",),
    "3-evaluate-speech": ("metrics.json",),
    "4-compare": ("leaderboard.json",),
    "5-across": ("across.json",),
}


@dataclass(frozen=True)
class Stage:
    """One notebook with its parameters.

    ``key`` names it for make: ``study/1-data`` or ``study/candidate/2-train``. ``needs`` are the
    keys of the stages before it, ``inputs`` the files of theirs that it reads, ``origin`` the
    digests of what comes from outside: data of one's own, entries of the catalogue.
    """

    study: str
    stage: str
    parameters: dict[str, Any]
    candidate: str | None = None
    notebook: str | None = None
    modality: str | None = None
    needs: tuple[str, ...] = ()
    inputs: tuple[Path, ...] = field(default=(), repr=False)
    origin: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """Return the stage's name in the graph."""
        return _key(self.study, self.candidate, self.stage)

    @property
    def folder(self) -> Path:
        """Return the folder that the stage writes into."""
        return paths.build(self.study, self.candidate)

    @property
    def source(self) -> Path:
        """Return the notebook in notebooks/."""
        return paths.notebooks() / f"{self.notebook or self.stage}.ipynb"

    @property
    def executed(self) -> Path:
        """Return the executed notebook."""
        return self.folder / f"{self.stage}.ipynb"

    @property
    def failed(self) -> Path:
        """Return the notebook of a failed run."""
        return self.folder / f"{self.stage}.failed.ipynb"

    @property
    def record_file(self) -> Path:
        """Return the record of the last run."""
        return self.folder / f"{self.stage}.stage.json"

    @property
    def outputs(self) -> list[Path]:
        """Return the files that the stage promises."""
        return [self.folder / name for name in OUTPUTS[self.notebook or self.stage]]

    @cached_property
    def record(self) -> dict[str, Any]:
        """Read the record of the last run; empty when there is none."""
        try:
            return files.read_json(self.record_file)
        except (OSError, ValueError):
            return {}

    @cached_property
    def components(self) -> dict[str, str]:
        """Digest each thing that the stage's numbers depend on, by name."""
        lock = paths.root() / "requirements.lock"
        return {
            "notebook": digest.of_notebook(self.source),
            "parameters": digest.of_value(self.parameters),
            "lock": files.sha256(lock) if lock.is_file() else "",
            **self.origin,
            **digest.of_imports(self.source, self._modules),
            **{paths.shown(path): content(path) for path in self.inputs},
        }

    @property
    def _modules(self) -> list[str]:
        """Name what the notebook imports by the name of its modality."""
        return [f"helpers.modalities.{self.modality}"] if self.modality else []

    @property
    def digest(self) -> str:
        """Return one digest of all components."""
        return digest.of_value(self.components)

    @cached_property
    def changed(self) -> list[str]:
        """Name the components that differ from the last run, or say that there was none."""
        if not self.record.get("components"):
            return ["never run"]
        before, now = self.record["components"], self.components
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return names or self._unfinished()

    @property
    def fresh(self) -> bool:
        """Tell whether the last run succeeded, of the same things, and its files are unharmed."""
        return not self.changed

    def _unfinished(self) -> list[str]:
        if self.record.get("state") != "ok":
            return [f"last run {self.record.get('state')}"]
        made = self.record.get("outputs", {})
        harmed = [path.name for path in self.outputs if content(path) != made.get(path.name)]
        return [f"{name} is not what was written" for name in harmed] + (
            [] if self.executed.is_file() else ["no executed notebook"]
        )


def stages(study: Study) -> list[Stage]:
    """Return the stages of a study, each after those that it needs."""
    data = Stage(
        study=study.name,
        stage="1-data",
        modality=modalities.TASKS[study.task],
        parameters=params.stage_parameters(study, "1-data"),
        origin=_origins(study),
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
    every = {name: [each.name for each in params.load(name).candidates] for name in params.names()}
    studies, candidates = shared.of(every)
    if not studies:
        return []
    compared = [_key(name, None, "4-compare") for name in studies]
    return [
        Stage(
            study=params.ACROSS,
            stage="5-across",
            parameters={"study": params.ACROSS, "studies": studies, "candidates": candidates},
            needs=tuple(compared),
            inputs=tuple(paths.build(name) / "leaderboard.json" for name in studies),
        )
    ]


def find(key: str) -> Stage:
    """Return the stage of a key such as ``solar-cells/majority/2-train``."""
    study = key.partition("/")[0]
    planned = over_all() if study == params.ACROSS else stages(params.load(study))
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
    every = [stage for study in [params.load(name) for name in names] for stage in stages(study)]
    last = over_all() if set(params.names()) <= set(names) else []
    return every + last


def write(planned: list[Stage]) -> list[Stage]:
    """Write build/plan.mk for make, and return the stages to run."""
    todo = out_of_date(planned)
    keys = [stage.key for stage in todo]
    lines = ["# Written by `python -m helpers plan`: the stages that are out of date.", "STAGES :="]
    lines[1] += "".join(f" \\\n  {key}" for key in keys)
    for stage in todo:
        needs = [need for need in stage.needs if need in keys]
        lines += [f"{stage.key}: {' '.join(needs)}"] if needs else []
    files.write_text(paths.build() / "plan.mk", "\n".join(lines) + "\n")
    files.write_json(paths.build() / "plan.json", keys)
    return todo


def content(path: Path) -> str:
    """Digest a file's bytes; empty when it is not there."""
    return files.sha256(path) if path.is_file() else ""


def _candidate(
    study: Study, candidate: Candidate, data: Stage, before: list[Stage]
) -> tuple[Stage, Stage]:
    """Return a candidate's two stages; its training waits for the stages ``before`` it."""
    own = getattr(modalities.of(study.task), "NOTEBOOKS", {})
    train = Stage(
        study=study.name,
        candidate=candidate.name,
        stage="2-train",
        modality=modalities.TASKS[study.task],
        notebook=own.get("2-train"),
        parameters=params.stage_parameters(study, "2-train", candidate.name),
        needs=(data.key, *(stage.key for stage in before)),
        inputs=(*data.outputs, *(_learnt(stage) for stage in before)),
        origin=origin.of_model(candidate.model),
    )
    evaluate = Stage(
        study=study.name,
        candidate=candidate.name,
        stage="3-evaluate",
        modality=modalities.TASKS[study.task],
        notebook=own.get("3-evaluate"),
        parameters=params.stage_parameters(study, "3-evaluate", candidate.name),
        needs=(train.key,),
        inputs=(data.folder / "splits.parquet", *train.outputs),
    )
    return train, evaluate


def _select(study: Study, data: Stage, probes: list[Stage]) -> Stage:
    """Return the stage that chooses the finalists, from trained probes or by racing itself."""
    models = [origin.of_model(contender.model) for contender in study.contenders]
    return Stage(
        study=study.name,
        stage="2-select",
        modality=modalities.TASKS[study.task],
        parameters=params.stage_parameters(study, "2-select"),
        needs=(data.key, *(stage.key for stage in probes)),
        inputs=(*data.outputs, *(_learnt(stage) for stage in probes)),
        origin={name: value for model in models for name, value in model.items()},
    )


def _origins(study: Study) -> dict[str, str]:
    """Digest every source that the data come from."""
    found: dict[str, str] = {}
    for source in (study.data.source, *study.data.shift):
        found |= origin.of_source(source)
    return found


def _compare(study: Study, made: list[Stage]) -> Stage:
    read = ("metrics.json", "predictions.parquet", "training.json")
    evaluated = [stage for stage in made if stage.stage == "3-evaluate"]
    selected = [stage for stage in made if stage.stage == "2-select"]
    return Stage(
        study=study.name,
        stage="4-compare",
        modality=modalities.TASKS[study.task],
        parameters=params.stage_parameters(study, "4-compare"),
        needs=tuple(stage.key for stage in [*evaluated, *selected]),
        inputs=(
            *(stage.folder / name for stage in evaluated for name in read),
            *(_learnt(stage) for stage in selected),
        ),
    )


def _learnt(stage: Stage) -> Path:
    """Return the file of a training or a selection that later stages read."""
    return stage.folder / ("selection.json" if stage.stage == "2-select" else "training.json")


def _key(study: str, candidate: str | None, stage: str) -> str:
    return "/".join(part for part in (study, candidate, stage) if part)
