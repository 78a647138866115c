"""A study file, typed and checked before anything runs."""

from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from helpers.catalogue import entries
from helpers.config import candidates, key_places, pretraining
from helpers.config.candidates import Candidate, Select
from helpers.config.data_source import canonical
from helpers.config.names import problem_of_study
from helpers.config.options import Evaluate, Robustness, Split
from helpers.config.resources import Resources
from helpers.core import dotted_names, paths
from helpers.core.errors import UserError, check_known, unknown
from helpers.core.schema import Section, UnknownKey, check, keys
from helpers.core.yaml_files import read_yaml
from helpers.data import tasks
from helpers.data.sources import MERGES, Merge
from helpers.metrics import registry


class Data(Section):
    """Where the items come from and how they are split; ``limit`` draws a stratified subsample."""

    source: str | dict[str, Any]
    labels: Merge | None = None
    groups: Merge | None = None
    split: Split = Split()
    near_copies: Literal["tie", "keep"] = "tie"  # keep: near-copies may lie in several splits
    limit: Annotated[int, Field(ge=10)] | None = None
    shift: tuple[str | dict[str, Any], ...] = ()
    shift_limit: Annotated[int, Field(ge=10)] | None = None


class Study(Section):
    """One data set, one task, several candidates; ``contenders`` are the probes to select from."""

    AUTOMATIC = ("name", "file", "contract", "contenders", "primary_chosen")

    name: str
    file: str
    contract: str
    task: str
    data: Data
    candidates: tuple[Candidate, ...]
    pretrain: tuple[dict[str, Any], ...] = ()
    select: Select | None = None
    contenders: tuple[Candidate, ...] = ()
    evaluate: Evaluate = Evaluate()
    robustness: Robustness | None = None
    expect: dict[str, tuple[float, float]] = {}
    primary_chosen: bool = True  # if not, the data may decide which metric of the task ranks
    seed: Annotated[int, Field(ge=0)] = 42
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    engine: Literal["auto", "openvino", "tensorflow", "torch"] = "auto"  # what runs networks
    precision: Literal["float32", "bf16"] = "float32"
    resources: Resources = Resources()

    @property
    def single(self) -> str:
        """Say why items are split once, however few they are; empty if they need not."""
        if given := [each.name for each in self.candidates if each.adaptation == "predictions"]:
            return f"predictions made elsewhere ({given[0]}) are of one split"
        if self.pretrain:
            return "networks are pretrained on one train split"
        if self.select or any(each.model.startswith("best:") for each in self.candidates):
            return "finalists are chosen on one validation split"
        robust = "robustness is that of one fit" if self.robustness else ""
        return tasks.get(self.task).single or robust

    def candidate(self, name: str) -> Candidate:
        """Return a candidate by name, or raise with the closest one."""
        named = {each.name: each for each in self.candidates}
        check_known("candidate", name, named, self.file)
        return named[name]


def names(full: bool = False) -> list[str]:
    """List the studies in params/, and with ``full`` also those in params/full/."""
    return [file.stem for file in _files(full) if not problem_of_study(file.stem)]


def left_out() -> list[str]:
    """Say of each file in params/ that looks like a study why it is none."""
    odd = {file: problem_of_study(file.stem) for file in _files(full=True)}
    misnamed = [each for where in ("*.yml", "full/*.yml") for each in paths.params().glob(where)]
    odd |= dict.fromkeys(misnamed, "a study's file ends in .yaml")
    return [f"{paths.shown(file)}: {why}: rename the file" for file, why in odd.items() if why]


def load(name: str) -> Study:
    """Read and check a study; an error is one line that names the file and the key."""
    known = {file.stem: file for file in reversed(_files(full=True))}
    if name not in known:
        error = unknown("study", name, names(full=True), "params/")
        raise UserError("; ".join([str(error), *left_out()]))
    return parse(known[name])


def parse(file: Path) -> Study:
    """Read and check one study file."""
    where = paths.shown(file)
    if odd := problem_of_study(file.stem):
        raise UserError(f"{where}: {odd}")
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise UserError(f"{where}: a mapping with task, data and candidates is needed")
    task = content.get("task", next(iter(tasks.TASKS)))
    if not isinstance(task, str) or task not in tasks.TASKS:
        raise unknown("task", str(task), tasks.TASKS, where)
    automatic = {"name": file.stem, "file": where, "contract": _opening_comment(file)}
    try:
        return _study(content, automatic, task)
    except UnknownKey as error:
        if not (places := key_places.of(error.name, Study, task)):
            raise
        belongs = " or ".join(places)
        raise UnknownKey(error.where, error.key, error.allowed, belongs) from None


def _study(content: dict[str, Any], automatic: dict[str, str], task: str) -> Study:
    raw, where = {**content, **automatic}, automatic["file"]
    if others := [str(key) for key in content if key not in keys(Study)]:
        raise UnknownKey(where, others[0], keys(Study))
    if "task" not in content:
        raise UserError(f"{where}: the key 'task' is required: one of {', '.join(tasks.TASKS)}")
    if "candidates" in content:
        raw["candidates"] = candidates.expand(content["candidates"], where, task)
        raw["pretrain"] = made = pretraining.parse(content.get("pretrain", []), where, task)
        raw["candidates"] = pretraining.bound(raw["candidates"], automatic["name"], made, where)
    if isinstance(content.get("evaluate", {}), dict):
        raw["primary_chosen"] = "primary" in content.get("evaluate", {})
        raw["evaluate"] = {"primary": tasks.get(task).primary, **content.get("evaluate", {})}
    if "select" in content:
        raw["select"] = candidates.parse_select(content["select"], where, task)
    study = _tested_on_everything(check(Study, raw, where))
    merges = {key: each.model_dump() for key in MERGES if (each := getattr(study.data, key))}
    source, place = study.data.source, f"{where}: data.source"
    if isinstance(source, str) and merges:
        kept = f"{' and '.join(merges)} of the catalogue stay as they are"
        raise UserError(f"{place}: {source}: {kept}")
    source = canonical(source if isinstance(source, str) else source | merges, task, place)
    shift = tuple(canonical(other, task, f"{where}: data.shift") for other in study.data.shift)
    data = study.data.model_copy(update={"source": source, "shift": shift})
    study = study.model_copy(update={"data": data})
    study = _with_finalists(study, study.select) if study.select else study
    _check(study)
    return study


def _tested_on_everything(study: Study) -> Study:
    """Leave no item untested where none is trained on, unless the study says how to split."""
    if tasks.get(study.task).trains or {"test", "group"} & study.data.split.model_fields_set:
        return study
    if any(each.model == "frequent-transcript" for each in study.candidates):
        return study  # it is the most frequent of the train split
    if "babble" in study.evaluate.noise:
        return study  # of voices of the train split
    split = study.data.split.model_copy(update={"test": 1.0})
    return study.model_copy(update={"data": study.data.model_copy(update={"split": split})})


def _with_finalists(study: Study, select: Select) -> Study:
    where = f"{study.file}: select"
    contenders = tuple(each for each in study.candidates if each.adaptation == "probe")
    finetunes = candidates.finalists(study.candidates, select, where)
    pretraining.bound(finetunes, study.name, study.pretrain, where)
    for finetune in finetunes:
        candidates.check_above(finetune, contenders, where, study.task)
    others = [each for each in study.candidates if each.adaptation != "probe"]
    remaining = others if select.race else study.candidates
    update = {"candidates": (*remaining, *finetunes), "contenders": contenders}
    return study.model_copy(update=update)


def _files(full: bool) -> list[Path]:
    folders = [paths.params(), paths.params() / "full"] if full else [paths.params()]
    return [file for folder in folders for file in sorted(folder.glob("*.yaml"))]


def _opening_comment(file: Path) -> str:
    head = takewhile(lambda x: x.startswith("#"), file.read_text(encoding="utf-8").splitlines())
    return " ".join(" ".join(line.lstrip("#") for line in head).split())


def _check(study: Study) -> None:
    row = tasks.get(study.task)
    metrics = registry.names(row.metrics, may_choose=True)
    check_known("metric", study.evaluate.primary, metrics, f"{study.file}: evaluate.primary")
    if (margin := study.evaluate.margin or 0) >= 0.5:
        own = f"{margin:g} is not below 0.5: it is in the metric's own unit, and a point is 0.01"
        raise UserError(f"{study.file}: evaluate.margin: {own}")
    if study.data.split.test == 1 and "train" in row.required_splits:
        raise UserError(f"{study.file}: data.split.test: 1 leaves nothing to train on")
    if (study.data.split.folds or 1) > 1 and (why := study.single):
        raise UserError(f"{study.file}: data.split.folds: {why}: leave folds out, or that")
    asks = {f"evaluate.{key}": getattr(study.evaluate, key) for key in ("labels", "noise")}
    asks |= {key: key in study.model_fields_set for key in ("engine", "precision")}
    for key, asked in asks.items():
        if asked and key.removeprefix("evaluate.") not in row.trained_with:
            raise UserError(f"{study.file}: {key}: not supported by {study.task}")
    chosen = {"prediction_sets", "threshold"} - set(row.evaluated_with)
    if odd := sorted(chosen & study.evaluate.model_fields_set):
        raise UserError(f"{study.file}: evaluate.{odd[0]}: not supported by {study.task}")
    if study.evaluate.noise or study.robustness:
        _check_corruptions(study, row)
    if isinstance(study.data.source, str):
        columns = entries.data(study.data.source).slices + tasks.of(study.task).MEASURES
        for column in study.evaluate.slices:
            check_known("slice", column, columns, f"{study.file}: evaluate.slices")
    holders = ["winner", *(each.name for each in study.candidates)]
    for key, (low, high) in study.expect.items():
        if not any(key.startswith(f"{holder}-") for holder in holders):
            shapes = [f"{holder}-{study.evaluate.primary}" for holder in holders]
            raise unknown("expectation", key, shapes, f"{study.file}: expect")
        if low > high:
            raise UserError(f"{study.file}: expect.{key}: low {low:g} is above high {high:g}")


def _check_corruptions(study: Study, task: tasks.Task) -> None:
    table = dotted_names.load(task.corruptions) if task.corruptions else {}
    allowed = table if "robustness" in task.trained_with else {}
    for name in study.robustness.noises if study.robustness else ():
        check_known("corruption", name, allowed, f"{study.file}: robustness.noises")
    for name, strengths in study.evaluate.noise.items():
        where = f"{study.file}: evaluate.noise"
        check_known("noise", name, table, where)
        if len(set(strengths)) < len(strengths):
            raise UserError(f"{where}.{name}: duplicate strength")
        low, high = table[name].lowest, table[name].highest
        if wrong := [strength for strength in strengths if not low <= strength <= high]:
            raise UserError(f"{where}.{name}: {wrong[0]:g} is not between {low:g} and {high:g}")
