"""A study file, typed and checked before anything runs."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from helpers.catalogue import entries
from helpers.config.candidates import Candidate, Select, check_above, expand, finalists, selecting
from helpers.config.data_source import normal
from helpers.config.options import Correlate, Noise, Robustness
from helpers.core import paths
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, check
from helpers.core.yaml_files import read_yaml
from helpers.data import tasks

PRIMARY_METRICS = (
    "accuracy",
    "balanced-accuracy",
    "macro-f1",
    "macro-recall",
    "macro-precision",
    "weighted-f1",
    "matthews-correlation",
    "log-loss",
    "roc-auc",
)
"""The metrics that may choose a model on validation and order the leaderboard."""
WORD_METRICS = (
    "word-error-rate",
    "character-error-rate",
    "match-error-rate",
    "word-information-lost",
)
"""Those that order a leaderboard of recognisers."""
ACROSS = "across"
"""Stands in place of a study's name where several studies are compared."""


class Split(Section):
    """How the items are divided; ``given`` takes the source's own split.

    Without a word, it is taken where there is one, unless a share to test on or a group is asked
    for.
    """

    test: Annotated[float, Field(gt=0, lt=1)] = 0.25
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.15
    stratify: bool = True
    group: str | None = None
    given: bool | None = None
    seed: Annotated[int, Field(ge=0)] = 42

    @model_validator(mode="before")
    @classmethod
    def _asked(cls, values: Any) -> Any:
        """Take a share to test on, or a column to group by, for a wish to draw it."""
        asked = isinstance(values, dict) and {"test", "group"} & values.keys()
        return {"given": False, **values} if asked else values

    @model_validator(mode="after")
    def _leaves_room_to_train(self) -> "Split":
        if self.test + self.validation >= 1:
            raise ValueError(
                f"test + validation is {self.test + self.validation:g}: under 1 needed"
            )
        return self


class Data(Section):
    """Where the items come from and how they are split; ``limit`` takes a stratified subsample."""

    source: str | dict[str, Any]
    split: Split = Split()
    limit: Annotated[int, Field(ge=10)] | None = None
    shift: tuple[str | dict[str, Any], ...] = ()
    shift_limit: Annotated[int, Field(ge=10)] | None = None


class Evaluate(Section):
    """The metric that decides, the slices to report, the bootstrap's resamples.

    Of speech also how transcripts are normalised, and which noise, at which strengths, is added to
    how many utterances.
    """

    primary: str = "macro-f1"
    slices: tuple[str, ...] = ()
    resamples: Annotated[int, Field(ge=200, le=100_000)] = 2000
    normalisation: Literal["raw", "plain", "whisper"] = "plain"
    noise: Noise = Noise()
    noise_utterances: Annotated[int, Field(ge=2, le=10_000)] = 20
    correlate: Correlate | None = None


class Study(Section):
    """One data set, one task, several candidates; ``contenders`` are the probes to select from."""

    name: str
    file: str
    contract: str
    task: str
    data: Data
    candidates: tuple[Candidate, ...]
    select: Select | None = None
    contenders: tuple[Candidate, ...] = ()
    evaluate: Evaluate = Evaluate()
    robustness: Robustness | None = None
    expect: dict[str, tuple[float, float]] = {}
    seed: Annotated[int, Field(ge=0)] = 42
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None

    def candidate(self, name: str) -> Candidate:
        """Return a candidate by name, or raise with the closest one."""
        named = {candidate.name: candidate for candidate in self.candidates}
        if name not in named:
            raise unknown("candidate", name, named, self.file)
        return named[name]


def names(full: bool = False) -> list[str]:
    """List the studies of params/, and with ``full`` those of params/full/ too."""
    folders = [paths.params(), paths.params() / "full"] if full else [paths.params()]
    return [file.stem for folder in folders for file in sorted(folder.glob("*.yaml"))]


def load(name: str) -> Study:
    """Read and check a study.

    Raises
    ------
    UserError
        One line with the file, the key, what is allowed and the closest valid name.
    """
    candidates = [folder / f"{name}.yaml" for folder in (paths.params(), paths.params() / "full")]
    file = next((path for path in candidates if path.is_file()), None)
    if file is None or Path(name).name != name:
        raise unknown("study", name, names(full=True), "params/")
    return parse(file)


def parse(file: Path) -> Study:
    """Read and check one study file."""
    where = paths.shown(file)
    if file.stem == ACROSS:
        raise UserError(f"{where}: the name {ACROSS} is kept for all studies together")
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise UserError(f"{where}: a mapping with task, data and candidates is needed")
    raw = {**content, "name": file.stem, "file": where, "contract": _contract(file)}
    for reserved in ("name", "file", "contract", "contenders"):
        if reserved in content:
            raise UserError(f"{where}: {reserved}: this key is not set by hand")
    task = content.get("task", next(iter(tasks.TASKS)))
    if task not in tasks.TASKS:
        raise unknown("task", str(task), tasks.TASKS, where)
    if "candidates" in content:
        raw["candidates"] = expand(content["candidates"], where, task)
    if isinstance(content.get("evaluate", {}), dict):
        raw["evaluate"] = {"primary": tasks.get(task).primary, **content.get("evaluate", {})}
    if "select" in content:
        raw["select"] = selecting(content["select"], where, task)
    study = check(Study, raw, where)
    source = normal(study.data.source, study.task, where)
    others = tuple(normal(each, study.task, where) for each in study.data.shift)
    found = {"source": source, "shift": others}
    study = study.model_copy(update={"data": study.data.model_copy(update=found)})
    study = _with_finalists(study) if study.select else study
    _check(study)
    return study


def _with_finalists(study: Study) -> Study:
    """Add the finalists to the candidates, and part the contenders from them."""
    where = f"{study.file}: select"
    contenders, others, made = finalists(study.candidates, study.select, where)
    for finalist in made:
        check_above(finalist, contenders, where, study.task)
    candidates = (*others, *made) if study.select.race else (*study.candidates, *made)
    return study.model_copy(update={"candidates": candidates, "contenders": contenders})


def _contract(file: Path) -> str:
    """Return the comment that opens a study file."""
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return " ".join(" ".join(lines).split())


def _check(study: Study) -> None:
    """Check what one section knows of another: metrics, slices, expected numbers."""
    row = tasks.get(study.task)
    allowed = WORD_METRICS if row.metrics == "transcription" else PRIMARY_METRICS
    if study.evaluate.primary not in allowed:
        raise unknown("metric", study.evaluate.primary, allowed, f"{study.file}: evaluate.primary")
    if study.evaluate.noise.asked() and "noise" not in row.trained_with:
        raise UserError(f"{study.file}: evaluate.noise: {study.task} does not add noise")
    if isinstance(study.data.source, str):
        columns = entries.data(study.data.source).slices + tasks.of(study.task).MEASURES
        for column in study.evaluate.slices:
            if column not in columns:
                raise unknown("slice", column, columns, f"{study.file}: evaluate.slices")
    known = tasks.of(study.task).NOISES
    for noise in study.robustness.noises if study.robustness else ():
        if noise not in known:
            raise unknown("noise", noise, known, f"{study.file}: robustness.noises")
    holders = ["winner", *(candidate.name for candidate in study.candidates)]
    for key, (low, high) in study.expect.items():
        if not any(key.startswith(f"{holder}-") for holder in holders):
            shapes = [f"{holder}-{study.evaluate.primary}" for holder in holders]
            raise unknown("expectation", key, shapes, f"{study.file}: expect")
        if low > high:
            raise UserError(f"{study.file}: expect.{key}: low {low:g} is above high {high:g}")
