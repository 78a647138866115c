"""Sizes in headers: what a stream could not know is no promise, everything else is."""

import struct

import numpy as np
import pytest
from factories.speech import encoded

from helpers.data.audio import decoding
from helpers.data.encoded import Unreadable

RATE = 16_000
SAMPLES = np.random.default_rng(0).normal(0, 0.1, 2 * RATE)


def made(form, *changes):
    """Give a recording some of whose bytes are others: each change is an offset and a value."""
    raw = bytearray(encoded(SAMPLES, RATE, form))
    for at, value in changes:
        raw[at : at + len(value)] = value
    return bytes(raw)


def after(form, name, value, apart=4):
    """Change what stands behind a chunk's name."""
    return encoded(SAMPLES, RATE, form).index(name) + apart, value


UNKNOWN = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFD3, 0xFFFFFFFF)
STREAMS = {
    **{
        f"wav {size:x}": made(
            "WAV", (4, word := struct.pack("<I", size)), after("WAV", b"data", word)
        )
        for size in UNKNOWN
    },
    **{
        f"aiff {size:x}": made(
            "AIFF", (4, word := struct.pack(">I", size)), after("AIFF", b"SSND", word)
        )
        for size in UNKNOWN
    },
    **{
        f"au {size:x}": made("AU", (8, struct.pack(">I", size)))
        for size in (0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)
    },
    "caf": made("CAF", after("CAF", b"data", b"\xff" * 8)),
    "flac": made("FLAC", (21, b"\xf0"), (22, b"\0" * 4)),
}


@pytest.mark.parametrize("raw", STREAMS.values(), ids=STREAMS)
def test_the_samples_of_a_stream_are_whole(raw):
    assert len(decoding.decode(raw)) == 2 * RATE


@pytest.mark.parametrize("form", ["WAV", "AIFF", "AU", "RF64", "W64", "CAF", "FLAC"])
def test_a_recording_that_is_cut_is_left_out_in_every_format(form):
    whole = encoded(SAMPLES, RATE, form)
    assert len(decoding.decode(whole)) == 2 * RATE
    with pytest.raises(Unreadable, match="truncated|damaged"):
        decoding.decode(whole[: len(whole) // 2])


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_the_size_of_the_samples_is_a_promise_where_that_of_the_file_is_none(size):
    cut = made("WAV", (4, struct.pack("<I", size)))[:40_000]
    with pytest.raises(Unreadable, match="truncated: 40,000 of 64,044"):
        decoding.decode(cut)


def test_a_chunk_behind_no_samples_is_no_sound():
    empty = encoded(np.zeros((0, 1)), RATE)
    listed = empty + b"LIST" + struct.pack("<I", 2_000) + bytes(2_000)
    with pytest.raises(Unreadable, match="no samples"):
        decoding.decode(listed[:4] + struct.pack("<I", len(listed) - 8) + listed[8:])
