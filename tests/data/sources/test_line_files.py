"""Texts of files by line: classes, copies before a limit, and what is no text."""

import gzip

import pytest
from factories.deb_package import tarred

from helpers.catalogue.tar_packages import TarMembers
from helpers.core.errors import UserError
from helpers.data import checks, preparation
from helpers.data.sources import line_files

GOOD = [f"fine {number}" for number in range(30)]
BAD = [f"bad {number}" for number in range(20)]


def read(tmp_path, **content):
    path = tmp_path / "made-1.0.tgz"
    path.write_bytes(
        tarred({f"a/{name}.txt": each for name, each in content.items()}, gzip.compress)
    )
    files = {name: f"a/{name}.txt" for name in content}
    items = line_files._by_line(TarMembers(path), line_files.LineFields(files=files))
    return preparation.replace(items, task="text-classification")


def found(items):
    return {each.code: each for each in preparation.arrange(items, checks.survey(items)).findings}


def test_each_line_is_a_text_of_its_files_class(tmp_path):
    items = read(tmp_path, good="\ufefféa\u2028b\r\n\n c\n".encode(), bad=b"d")
    assert items.frame["label"].tolist() == ["good", "good", "bad"]
    assert [items.raw(row) for row in range(3)] == ["éa\u2028b", "c", "d"]


def test_a_limit_draws_from_what_differs_and_the_data_says_so(tmp_path):
    good, bad = "\n".join([*GOOD, *GOOD[5:], BAD[0]]), "\n".join([*BAD, *BAD])
    items = read(tmp_path, good=good.encode(), bad=bad.encode())
    whole, part = found(items)["D301"], found(items.subsample(40, 1))["D301"]
    assert whole.count == 25 + 25 + 1 + 40 and part.count == 25 + 20  # of both kinds; one kind
    assert part.detail.startswith("45 of the source's 96 texts (47%) are copies of another")
    assert items.subsample(40, 1).original == 96 and len(items.subsample(40, 1).frame) == 40
    drawn = items.subsample(60, 1)  # more than differ
    assert len(drawn.frame) == 51 and found(drawn)["D303"].count == 2
    texts = [drawn.raw(row) for row in range(51)]
    assert sorted(texts) == sorted([*GOOD, *BAD, BAD[0]])


def test_without_copies_a_limit_says_nothing(tmp_path):
    items = read(tmp_path, good="\n".join(GOOD).encode(), bad="\n".join(BAD).encode())
    assert found(items.subsample(40, 1))["D301"].count == 0


def test_another_encoding_is_refused(tmp_path):
    with pytest.raises(UserError, match="'a/good.txt' is not UTF-8"):
        read(tmp_path, good="质量".encode("gb18030"))
