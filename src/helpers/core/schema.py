"""Check a user's values against a typed section; the first error becomes one line."""

from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from helpers.core.errors import UserError, closest


class Section(BaseModel):
    """A typed mapping: unknown keys are errors, values are coerced to their type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Kind = TypeVar("Kind", bound=Section)


def name(value: Any) -> str:
    """Read a whole number as a name; what YAML reads otherwise than meant is refused."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"a name is needed, in quotes if it is one, not {value}")
    return str(value)


Name = Annotated[str, BeforeValidator(name)]  # of a class, a group or a column, in YAML


def check(kind: type[Kind], values: Any, where: str) -> Kind:
    """Build a section from raw values; an error names the place, the key and what is allowed."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise UserError(f"{where}: {_line(error, kind)}") from None


def _line(error: ValidationError, kind: type[Section]) -> str:
    errors = error.errors()  # a misspelt key explains a missing one
    first = next((item for item in errors if item["type"] == "extra_forbidden"), errors[0])
    location = first["loc"]
    key = ".".join(map(str, location))
    if first["type"] == "extra_forbidden":
        allowed = _keys(kind, location[:-1])
        hint = closest(str(location[-1]), allowed)
        return f"unknown key {key!r}{hint} (allowed: {', '.join(allowed) or 'none'})"
    if first["type"] == "missing":
        return f"the key {key!r} is required"
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    value = "" if isinstance(first["input"], dict | list) else f", not {first['input']!r}"
    return f"{key}: {message}{value}" if key else message


def _keys(kind: type[Section], location: tuple[int | str, ...]) -> list[str]:
    for part in location:
        if isinstance(part, str) and part in kind.model_fields:
            annotation = kind.model_fields[part].annotation
            for item in (annotation, *get_args(annotation)):
                if isinstance(item, type) and issubclass(item, Section):
                    kind = item
                    break
    return list(kind.model_fields)
