"""A stage is a notebook with its parameters: its inputs, its outputs, whether it is up to date."""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers.core import code_digest, files, paths
from helpers.core.errors import UserError
from helpers.core.records.base import Record
from helpers.core.records.lesson import LESSONS, LessonRecord
from helpers.core.records.stages import StageRun
from helpers.core.records.table import RECORDS

OUTPUTS = {
    "1-data": ("data.json", "splits.parquet", "folds.parquet", "boxes.parquet"),
    "0-pretrain": ("pretraining.json", "backbones.npz"),
    "2-select": ("selection.json",),
    "2-train": ("predictions.parquet", "training.json"),
    "2-train-speech": ("predictions.parquet", "conditions.parquet", "training.json"),
    "2-train-detection": ("predictions.parquet", "conditions.parquet", "training.json"),
    "3-evaluate": ("metrics.json",),
    "3-evaluate-speech": ("metrics.json",),
    "3-evaluate-detection": ("metrics.json",),
    "4-compare": ("leaderboard.json",),
    "5-across": ("across.json",),
}
OPTIONAL = {  # what it writes as well where there is any; a folder is named without a suffix
    "1-data": ("shift.json", "shift"),
    "2-train": ("reasons.parquet", "robustness.parquet", "shift.parquet", "model.keras"),
    "2-train-speech": ("latency.parquet",),
    "4-compare": ("model-index.yaml",),
}


@dataclass(frozen=True)
class Stage:
    """A notebook with its parameters."""

    study: str
    stage: str
    parameters: dict[str, Any]
    candidate: str | None = None
    notebook: str | None = None
    loads: tuple[str, ...] = ()  # modules that no import of the notebook shows
    keras: bool = False  # whether Keras or TensorFlow runs its networks
    needs: tuple[str, ...] = ()  # keys of the stages before it
    after: tuple[str, ...] = ()  # keys of stages that come first if they run, and are not needed
    inputs: tuple[Path, ...] = field(default=(), repr=False)  # those of their files that it reads
    # digests of the user's own files, of catalogue entries and of the tables of tasks and metrics
    origin: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """Return its name for make: ``study/1-data`` or ``study/candidate/2-train``."""
        return key_of(self.study, self.candidate, self.stage)

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
        """Return the executed notebook of a failed run."""
        return self.folder / f"{self.stage}.failed.ipynb"

    @property
    def record_file(self) -> Path:
        """Return the record of the last run."""
        return self.folder / f"{self.stage}.stage.json"

    @property
    def outputs(self) -> list[Path]:
        """Return the files that the stage writes."""
        names = (
            (f"{self.stage}.json",)
            if self.study == LESSONS
            else OUTPUTS[self.notebook or self.stage]
        )
        return [self.folder / name for name in names]

    @property
    def written(self) -> list[Path]:
        """Return the files and folders that the stage writes, if only for some studies."""
        optional = OPTIONAL.get(self.notebook or self.stage, ())
        return [*self.outputs, *(self.folder / name for name in optional)]

    @property
    def kept(self) -> list[Path]:
        """Return what the record holds the digests of: all that is written, and the notebook."""
        return [*self.written, self.executed]

    @cached_property
    def record(self) -> StageRun | None:
        """Read the record of the last run; None if there is none that can be read."""
        with suppress(UserError):
            return StageRun.load(self.record_file)
        return None

    @cached_property
    def components(self) -> dict[str, str]:
        """Digest each thing that the stage's numbers depend on, by name."""
        lock = paths.root() / "requirements.lock"
        return {
            "notebook": code_digest.of_notebook(self.source),
            "parameters": code_digest.of_value(self.parameters),
            "lock": files.sha256(lock) if lock.is_file() else "",
            **self.origin,
            **code_digest.of_imports(self.source, self.loads),
            **{paths.shown(path): content(path) for path in self.inputs},
        }

    @property
    def digest(self) -> str:
        """Return one digest of all components."""
        return code_digest.of_value(self.components)

    @cached_property
    def outdated(self) -> list[str]:
        """List the records of the last run that are of another version, a line each."""
        records: list[tuple[type[Record], Path]] = [(StageRun, self.record_file)]
        kinds = {f"{self.stage}.json": LessonRecord} if self.study == LESSONS else RECORDS
        records += [(kinds[file.name], file) for file in self.outputs if file.name in kinds]
        return [reason for kind, file in records if (reason := kind.outdated(file))]

    @cached_property
    def changed(self) -> list[str]:
        """List the components that differ from the last run, or other reasons to run the stage."""
        if self.record is None:
            return self.outdated or ["never run"]
        before, now = self.record.components, self.components
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return self.outdated + names or self._unfinished(self.record)

    @property
    def fresh(self) -> bool:
        """Tell whether the last run succeeded with the same components and its files are intact."""
        return not self.changed

    def _unfinished(self, record: StageRun) -> list[str]:
        if record.state != "ok":
            return [f"last run {record.state}"]
        before = record.outputs
        changed = [path.name for path in self.kept if content(path) != before.get(path.name)]
        return [f"{name} was changed or removed" for name in changed]


def key_of(study: str, candidate: str | None, stage: str) -> str:
    """Name a stage for make."""
    return "/".join(part for part in (study, candidate, stage) if part)


def content(path: Path) -> str:
    """Digest a file's bytes, or those of all files in a folder; empty if it does not exist."""
    if path.is_dir():
        inside = sorted(map(Path, files.below(path)))
        return code_digest.of_value({str(f.relative_to(path)): files.sha256(f) for f in inside})
    return files.sha256(path) if path.is_file() else ""
