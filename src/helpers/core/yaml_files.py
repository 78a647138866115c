"""Strict YAML: plain values only; a repeated key or a broken file is an error."""

from pathlib import Path
from typing import Any

import yaml

from helpers.core import paths
from helpers.core.errors import UserError, reason


class _StrictLoader(yaml.CSafeLoader):
    """A safe loader that rejects a repeated key."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        problem = "" if isinstance(key, str | int | float) else "a key must be a word or a number"
        if not problem and key in seen:
            problem = f"the key {key!r} is given twice"
        if problem:
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(file: Path) -> Any:
    """Read a YAML file; an error names the file, the line and the problem."""
    where = paths.shown(file)
    try:
        text = Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise UserError(f"{where}: {error.strerror}") from None
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UserError(f"{where}, line {line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise UserError(f"{where}: {reason(error)}") from None
