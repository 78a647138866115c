"""An entry of the cache is whole, or it is thrown away with a line and made again."""

import os
import random

import numpy as np
import pytest

from helpers.core import cache, files, paths

ARRAYS = {"values": np.arange(12, dtype=np.float32).reshape(3, 4), "about": np.arange(2)}
ABOUT = {"seconds": 1.5, "words": ["café", None]}


@pytest.fixture
def entry(repository):
    file = paths.cache("features", "one.entry")
    cache.write(file, ARRAYS, ABOUT)
    return file


def test_an_entry_comes_back_as_it_was_written_and_nothing_is_said(entry, capsys):
    found = cache.read(entry)
    assert found[1] == ABOUT and list(found[0]) == list(ARRAYS)
    assert all(found[0][name].tobytes() == each.tobytes() for name, each in ARRAYS.items())
    assert found[0]["values"].dtype == np.float32
    assert cache.read(entry.with_name("none.entry")) is None and not capsys.readouterr().err


def test_every_flipped_bit_every_cut_and_every_byte_too_many_is_found(entry, capsys):
    whole, draw = entry.read_bytes(), random.Random(1)
    bits = draw.sample(range(8 * len(whole)), 300)
    damaged = [
        bytes(b ^ (1 << bit % 8) * (i == bit // 8) for i, b in enumerate(whole)) for bit in bits
    ]
    damaged += [whole[: draw.randrange(len(whole))] for _ in range(50)] + [b"", whole + b"\0"]
    for content in damaged:
        entry.write_bytes(content)
        assert cache.read(entry) is None and not entry.exists()
        assert capsys.readouterr().err.count("\n") == 1
    entry.write_bytes(whole)
    assert cache.read(entry)[1] == ABOUT


def test_what_is_no_file_or_another_entry_is_thrown_away(entry, capsys):
    other, content = entry.with_name("other.entry"), entry.read_bytes()
    other.write_bytes(content)  # whole, but under another's name
    assert cache.read(other) is None and not other.exists()
    for make in (os.mkdir, os.mkfifo, lambda path: os.symlink("/dev/zero", path)):
        make(other)
        assert cache.read(other) is None and not os.path.lexists(other)
    assert capsys.readouterr().err.count("other.entry: damaged") == 4
    assert cache.read(entry)[1] == ABOUT


def test_a_cache_that_cannot_be_written_is_a_line(entry, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_bytes", full)
    cache.write(entry.with_name("two.entry"), ARRAYS, ABOUT)
    assert "two.entry: not kept: No space left" in capsys.readouterr().err


def test_a_line_of_a_stage_reaches_the_terminal_once(repository, capsys, monkeypatch):
    from helpers.core import progress
    from helpers.pipeline.progress_display import Display

    display = Display("digits/1-data")
    with display:
        monkeypatch.setenv("EVALBOOK_PROGRESS", str(display.listener))
        for _ in range(2):
            progress.tell("one.entry: damaged")
        assert not capsys.readouterr().err
    display.end("done")
    assert capsys.readouterr().out.count("one.entry: damaged") == 1
    assert not [*display.listener.parent.glob(f"{display.listener.name}*")]
