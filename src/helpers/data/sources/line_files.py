"""Files with a text on each line, a file for each class."""

import pandas as pd

from helpers.catalogue import wheels
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data.items import Items, numbered
from helpers.data.sources import Reader


class LineFields(Section):
    """The member of each class; blank lines are no texts."""

    files: dict[str, str]


def _by_line(members: wheels.WheelMembers, fields: LineFields) -> Items:
    rows = []
    for label, member in fields.files.items():
        try:
            lines = members.read(member).decode("utf-8-sig").split("\n")
        except UnicodeError:
            raise UserError(f"{members.path.name}: {member!r} is not UTF-8") from None
        rows += [(label, line.strip()) for line in lines if line.strip()]
    frame = numbered(members.path.name, [label for label, _ in rows])
    texts, equal = [text for _, text in rows], pd.factorize(pd.Series(rows, dtype=object))[0]
    name = "; ".join(fields.files.values())
    return Items(name, frame, texts.__getitem__, "", root=members.path.name, equal=equal)


BY_LINE = Reader(LineFields, _by_line)
