"""Tables of Orange as its packages hold them: three rows of headers, and a column of texts."""

import pandas as pd

from helpers.catalogue import wheels
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data.items import Items
from helpers.data.sources import Reader
from helpers.data.sources.table import Columns, text_frame
from helpers.data.sources.tabular_files import read_csv

HEADERS = 3  # rows that open a table of Orange: names, types, roles


class OrangeFields(Section):
    """A table of Orange, or two that are a standard split; ``text`` and ``label`` are columns."""

    train: str
    test: str | None = None
    text: str = "Text"
    label: str = "Category"


def _orange(members: wheels.WheelMembers, fields: OrangeFields) -> Items:
    files = {"train": fields.train} | ({"test": fields.test} if fields.test else {})
    columns = Columns(fields.text, fields.label)
    frames, texts = [], []
    for split, member in files.items():
        frame, cells = text_frame(_rows(members.read(member), member), member, columns)
        frames.append(frame.assign(split=split, id=[f"{split}/{name}" for name in frame["id"]]))
        texts += cells
    frame = pd.concat(frames, ignore_index=True)
    if fields.test is None:
        frame = frame.drop(columns="split")
    return Items(fields.train, frame, texts.__getitem__, "", root=members.path.name)


def _rows(content: bytes, member: str) -> pd.DataFrame:
    lines = content.decode("utf-8-sig").split("\n")
    if len(lines) <= HEADERS:
        raise UserError(f"{member}: not a table of Orange: three rows of headers are needed")
    body = "\n".join([lines[0], *lines[HEADERS:]])
    return read_csv(body.encode(), "\t").dropna(how="all")


ORANGE = Reader(OrangeFields, _orange)
