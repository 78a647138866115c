"""A record: a JSON file of build/ that is written and read only through its typed model."""

import math
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from helpers.core import files, paths
from helpers.core.errors import UserError

Number = float | None  # null in the file where it is undefined (NaN) or unknown


def or_nan(number: Number) -> float:
    """Return a number of a record, NaN where it is null."""
    return math.nan if number is None else number


class Part(BaseModel):
    """A part of a record. Numpy values become plain ones, NaN and infinities None."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, values: Any) -> Any:
        return files.plain(values)

    @classmethod
    def from_table(cls, frame: Any) -> list[Self]:
        """Read the rows of a pandas frame."""
        return [cls.model_validate(row) for row in frame.to_dict("records")]

    def facts(self) -> dict[str, Any]:
        """Return the fields that were given, by their names in the file."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Record(Part):
    """A file of a study's or a candidate's folder. A field that was not given is not written."""

    FILE: ClassVar[str]

    version: int = 1  # a new one with every change that old files do not fit

    @classmethod
    def path(cls, study: str | None = None, candidate: str | None = None) -> Path:
        """Return where the record of a study or candidate is, or would be."""
        return paths.build(study, candidate) / cls.FILE

    @classmethod
    def read(cls, study: str | None = None, candidate: str | None = None) -> Self:
        """Read the record of a study or candidate; an error is one line that says what to run."""
        return cls.load(cls.path(study, candidate))

    @classmethod
    def find(cls, study: str | None = None, candidate: str | None = None) -> Self | None:
        """Read the record of a study or candidate, or return None where there is no file."""
        file = cls.path(study, candidate)
        return cls.load(file) if file.is_file() else None

    def write(self, study: str | None = None, candidate: str | None = None) -> None:
        """Write the record of a study or candidate atomically."""
        self.dump(self.path(study, candidate))

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the record from a file; see ``read``."""
        if not file.is_file():
            raise UserError(f"{paths.shown(file)}: no such file: {_remedy(file)} first")
        if reason := cls.outdated(file):
            raise UserError(f"{reason}: {_remedy(file)}")
        try:
            return cls.model_validate(files.read_json_or_empty(file))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            what = f"{paths.shown(file)}: {key}: {first['msg'].lower()}"
            raise UserError(f"{what}: remove the file, then {_remedy(file)}") from None

    def dump(self, file: Path) -> None:
        """Write the record to a file; see ``write``."""
        files.write_json(file, self.facts() | {"version": self.version})

    @classmethod
    def outdated(cls, file: Path) -> str:
        """Say in one line that a file is of another version; empty if it is not, or is missing."""
        needed = cls.model_fields["version"].default
        version = files.read_json_or_empty(file).get("version", 0)
        if version == needed or not file.is_file():
            return ""
        return f"{paths.shown(file)} is of version {version}, {needed} is needed"


def _remedy(file: Path) -> str:
    inside = file.relative_to(paths.build()).parts if file.is_relative_to(paths.build()) else ()
    return f"run `make {inside[0]}`" if len(inside) > 1 else "run `make`"
