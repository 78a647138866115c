"""Check a user's values against a typed section; the first error becomes one line."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator

from helpers.core.errors import UserError, closest


class Section(BaseModel):
    """A typed mapping: unknown keys are errors, values are coerced to their type."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    AUTOMATIC: ClassVar[tuple[str, ...]] = ()  # fields that no file sets

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_truth_for_numbers(cls, value: Any, field: Any) -> Any:
        """Refuse true and false where numbers are needed: they are not 1 and 0."""
        kinds = _kinds(cls.model_fields[field.field_name].annotation)
        several = value.values() if isinstance(value, dict) else value
        given = several if isinstance(value, dict | list | tuple) else [value]
        if kinds & {int, float} and bool not in kinds and bool in map(type, given):
            raise ValueError("must be a number")
        return value


Kind = TypeVar("Kind", bound=Section)
LIKELY = 0.85  # how alike a key must be to be taken for a misspelt one, if it is right elsewhere
UNION = ("str", "int", "float", "dict[str,any]")  # what Pydantic adds to the place of a value
# by the kind of a mistake, what is shorter than Pydantic's message
WORDS = {"dict_type": "a mapping is needed", "tuple_type": "a list is needed, as in [a, b]"}
WORDS |= {"int_parsing": "must be a whole number", "float_parsing": "must be a number"}
WORDS |= {"string_type": "must be text, in quotes", "bool_parsing": "must be true or false"}


def name(value: Any) -> str:
    """Read a whole number as a name; what YAML reads otherwise than meant is refused."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"a name is needed, in quotes if it is one, not {value}")
    return str(value)


Name = Annotated[str, BeforeValidator(name)]  # of a class, a group or a column, in YAML


class UnknownKey(UserError):
    """A key that a section does not take; ``name`` is the key alone."""

    def __init__(self, where: str, key: str, allowed: Sequence[str], places: str = "") -> None:
        self.where, self.key, self.allowed = where, key, allowed
        self.name = key.rpartition(".")[2]
        hint = closest(self.name, allowed, LIKELY if places else 0.5)
        if places:
            hint = f"{f'{hint} Otherwise' if hint else ':'} it belongs to {places}"
        listed = ", ".join(allowed) or "none"
        super().__init__(
            f"{where}: unknown key {key!r}{hint} (allowed{' here' * bool(places)}: {listed})"
        )


def _kinds(annotation: Any) -> set[Any]:
    """Gather a type and all those that it is made of."""
    return {annotation}.union(*map(_kinds, get_args(annotation)))


def check(kind: type[Kind], values: Any, where: str, also: Sequence[str] = ()) -> Kind:
    """Build a section from raw values; an error names the place, the key and what is allowed.

    ``also`` are keys that were taken before.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _error(error, kind, where, also) from None


def keys(kind: type[Section]) -> list[str]:
    """List the keys that a section takes from a file."""
    return [name for name in kind.model_fields if name not in kind.AUTOMATIC]


def inner(kind: type[Section], name: str) -> type[Section] | None:
    """Return the section that a field of a section holds, if it does."""
    annotation = kind.model_fields[name].annotation
    kinds = (annotation, *get_args(annotation))
    found = (item for item in kinds if isinstance(item, type) and issubclass(item, Section))
    return next(found, None)


def _error(
    error: ValidationError, kind: type[Section], where: str, also: Sequence[str]
) -> UserError:
    errors = error.errors()  # a misspelt key explains a missing one
    first = next((item for item in errors if item["type"] == "extra_forbidden"), errors[0])
    location = first["loc"]
    key = ".".join(str(part) for part in location if part not in UNION)
    for part in location:
        if isinstance(part, str) and part in kind.model_fields:
            kind = inner(kind, part) or kind
    if first["type"] == "extra_forbidden":
        return UnknownKey(where, key, [*also, *keys(kind)])
    if first["type"] == "missing":
        return UserError(f"{where}: the key {key!r} is required")
    message = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    message = WORDS.get(first["type"], message[0].lower() + message[1:])
    if location[-1:] == ("str",):
        message = "must be text or a mapping"
    if first["type"] == "model_type":
        message = f"a mapping is needed, such as {{{keys(kind)[0]}: ...}}"
    value = "" if isinstance(first["input"], dict | list) else f", not {first['input']!r}"
    return UserError(f"{where}: {key}: {message}{value}" if key else f"{where}: {message}{value}")
