"""Files of other people's making: what cannot be read is one line, soon, whatever it is."""

import io
import os
import shutil
import zipfile

import numpy as np
import pytest
from factories import quickly

from helpers.catalogue import nested_tar, wheels
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.sources.tabular_files import read_table


def packed(compression=zipfile.ZIP_DEFLATED, **members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def array(shape=(6,), dtype=np.uint8):
    stream = io.BytesIO()
    np.save(stream, np.zeros(shape, dtype))
    return stream.getvalue()


HEADER = array().replace(b"(6,)", b"(6,(", 1)
ARRAYS = {
    "a zip of texts": packed(a_txt=b"text"),
    "a zip of an image": packed(a_png=b"\x89PNG"),
    "a zip cut short": packed(a_npy=array())[:80],
    "a zip of a broken array": packed(a_npy=b"\x93NUMPY"),
    "a zip of nothing": packed(),
    "a zip with a flipped bit": packed(0, a_npy=array()).replace(b"NUMPY", b"NUMPX"),
    "a header that is no Python": HEADER,
    "more than there is": array().replace(b"(6,), ", b"(10**9)", 1),
    "an array of text": b"1,2,3\n",
    "nothing": b"",
}


@pytest.mark.parametrize("content", ARRAYS.values(), ids=ARRAYS)
def test_what_is_called_npy_and_is_none_is_one_line(repository, content):
    (repository / "data.npy").write_bytes(content)
    (repository / "labels.npy").write_bytes(array())
    with pytest.raises(UserError, match="data.npy") as caught:
        sources.load({"npy": {"data": "data.npy", "labels": "labels.npy"}})
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_an_array_that_memory_cannot_hold_is_not_unpacked(repository, monkeypatch):
    (repository / "data.npy").write_bytes(packed(a_npy=array((100, 100, 100))))
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 999_999}))
    with pytest.raises(UserError, match="1,000,128 bytes unpacked"):
        sources.load({"npy": {"data": "data.npy", "labels": "data.npy"}})


def test_names_that_are_not_utf_8_are_one_line(repository):
    for names in ((b"data/caf\xe9/a.png",), (b"data/a/caf\xe9.png", b"data/b/c.png")):
        for name in names:
            os.makedirs(os.path.dirname(os.fsencode(repository) + b"/" + name), exist_ok=True)
            with open(os.fsencode(repository) + b"/" + name, "wb") as file:
                file.write(b"x")
        with pytest.raises(UserError, match=r"caf\\xe9.* is not UTF-8") as caught:
            sources.load({"folder": "data"})
        assert str(caught.value).isprintable()
        shutil.rmtree(repository / "data")


@pytest.mark.parametrize(("wide", "allowed"), [(100_000, False), (1_500, True)])
def test_a_wide_table_is_read_or_refused_soon(repository, wide, allowed):
    names = ["path", "label", *(f"gene {row}" for row in range(wide))]
    rows = [",".join([f"{row}.png", "ab"[row % 2], *["1"] * wide]) for row in range(6)]
    (repository / "t.csv").write_text("\n".join([",".join(names), *rows]))
    with quickly.within(5):
        if allowed:
            items = sources.load({"table": "t.csv"})
            assert items.frame["gene 7"].tolist() == ["1"] * 6
        else:
            with pytest.raises(UserError, match="100,002 columns"):
                sources.load({"table": "t.csv"})


DAMAGED = [b"", b"PK\x05\x06", b"\x1f\x8b\x08\0", b"BZh9", b"\xfd7zXZ\0", os.urandom(600)]


@pytest.mark.parametrize("content", DAMAGED, ids=["empty", "zip", "gz", "bz2", "xz", "noise"])
def test_what_is_no_archive_is_one_line(tmp_path, content):
    with pytest.raises(UserError) as caught:
        nested_tar.read(content, "a", "made.tar.gz")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300
    (tmp_path / "a.whl").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.whl"):
        wheels.opened(tmp_path / "a.whl").names()


def test_a_column_twice_among_many_is_found(repository):
    (repository / "t.csv").write_text("path,label,a,a\n")
    with pytest.raises(UserError, match="there twice: 'a'"):
        read_table("t.csv")
