"""Strict YAML: plain values only; a repeated key or a broken file is an error.

As in YAML 1.2, ``no`` and ``on`` are words, and so are 01, 1:30 and dates: they may be names.
What a file may hold is bounded before anything is built of it.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from helpers.core import files, paths
from helpers.core.errors import UserError, reason

MAX_BYTES, MAX_VALUES, MAX_DEPTH = 1_000_000, 100_000, 40
_PLAIN = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:float", "tag:yaml.org,2002:merge")


class _StrictLoader(yaml.CSafeLoader):
    """A safe loader that rejects a repeated key, and takes for words what may be a name."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as in the class above)
        first: [(tag, pattern) for tag, pattern in rules if tag in _PLAIN]
        for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


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


_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("[-+]?(0|[1-9][0-9]{,17})$"), list("-+0123456789")
)
_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(file: Path) -> Any:
    """Read a YAML file; an error names the file, the line and the problem."""
    where = paths.shown(file)
    try:
        if (found := files.state(file)) is None and Path(file).exists():
            raise UserError(f"{where}: not a file")
        if found and found.size > MAX_BYTES:
            raise UserError(f"{where}: {found.size:,} bytes, more than {MAX_BYTES:,}")
        text = Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise UserError(f"{where}: {error.strerror}") from None
    try:
        _check_bounds(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UserError(f"{where}, line {line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise UserError(f"{where}: {reason(error)}") from None


def _check_bounds(text: str) -> None:
    """Refuse types of its own, and what is too deep or too much once aliases are written out."""
    sizes, starts, count = dict[str, int](), list[tuple[str, int]](), 0
    for event in yaml.parse(text, Loader=_StrictLoader):
        anchor, problem = getattr(event, "anchor", None) or "", ""
        if isinstance(event, yaml.AliasEvent):
            count += sizes.get(anchor, MAX_VALUES)  # one inside of what it names has no end
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = starts.pop()
            sizes[anchor] = count - before
        elif isinstance(event, yaml.NodeEvent):
            count, sizes[anchor] = count + 1, 1
            problem = f"the type {event.tag!r} is not allowed" if event.tag else ""
            if isinstance(event, yaml.CollectionStartEvent):
                starts.append((anchor, count - 1))
                del sizes[anchor]
        if len(starts) > MAX_DEPTH:
            problem = f"brackets or indents more than {MAX_DEPTH} deep"
        elif count > MAX_VALUES:
            problem = f"more than {MAX_VALUES:,} values, or an alias inside of what it names"
        if "\0" in getattr(event, "value", ""):
            problem = "a character of number 0"
        if problem:
            raise yaml.constructor.ConstructorError(None, None, problem, event.start_mark)
