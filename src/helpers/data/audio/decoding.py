"""Recordings of any format, rate and width, as one channel of 16,000 samples a second.

Everything is streamed: a recording of an hour takes no more memory than one of a minute.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core.errors import reason
from helpers.data.audio import stated_sizes
from helpers.data.audio.levels import Levels, measure
from helpers.data.encoded import Unreadable, file_errors

# Samples a second of everything that is recognised; other rates are resampled by FFmpeg's
# swresample (a windowed sinc), in blocks, with the same result as in one piece.
RATE = 16_000
BLOCK = 65_536  # frames read at a time
CLOSED = {"protocol_whitelist": "none"}  # a list of tracks opens no file and no socket
NOT_FINITE = "NaN or infinite samples"
FLOATS = ("array", "FLOAT", "DOUBLE", "pcm_f")  # encodings whose samples may have any scale
UNKNOWN = 2**62  # frames that libsndfile states of a stream without a length, or more
MIN_RATE, MAX_RATE, MAX_CHANNELS = 1_000, 768_000, 64

Raw = bytes | Path | np.ndarray  # an encoded file's bytes, its path, or samples at ``RATE``


@dataclass(frozen=True)
class Sound:
    """How a recording is stored: samples a second, channels, encoding in words."""

    rate: int
    channels: int
    encoding: str


def about(raw: Raw) -> Sound:
    """Return how a recording is stored, from its header; raises Unreadable if it is none."""
    with _opened(raw) as (sound, _):
        return sound


def levels(raw: Raw) -> Levels:
    """Look at the channels and the scale of a whole recording; raises Unreadable."""
    with _opened(raw) as (sound, blocks):
        several = sound.channels > 1 or any(name in sound.encoding for name in FLOATS)
        return measure(_checked(blocks)) if several else Levels()


def stream(raw: Raw, known: Levels | None = None) -> Iterator[np.ndarray]:
    """Decode blocks float32 [samples] at ``RATE``, one channel, full scale 1; raises Unreadable.

    ``known`` are the recording's levels, if they were measured before.
    """
    known = known or levels(raw)
    with _opened(raw) as (sound, blocks):
        samples = 0
        for block in _resampled(map(known.mono, _checked(blocks)), sound.rate):
            samples += len(block)
            yield block
        if not samples:
            raise Unreadable("no samples: the recording is empty, or does not say how long it is")


def decode(raw: Raw, seconds: float | None = None) -> np.ndarray:
    """Decode a recording, or its first seconds: float32 [samples] at ``RATE``."""
    wanted = None if seconds is None else int(seconds * RATE)
    blocks, held = [], 0
    for block in stream(raw):
        blocks.append(block)
        held += len(block)
        if wanted is not None and held >= wanted:
            break
    return np.concatenate(blocks)[:wanted]


@contextmanager
def _opened(raw: Raw) -> Iterator[tuple[Sound, Iterator[np.ndarray]]]:
    """Open a recording: how it is stored, and blocks [frames, channels] at its own rate."""
    if isinstance(raw, np.ndarray):
        if raw.ndim != 1 or raw.dtype.kind != "f":
            raise Unreadable(f"an array of {raw.dtype} {raw.shape}: floats [samples] needed")
        yield Sound(RATE, 1, "array"), iter([raw.astype(np.float32)[:, None]])
        return
    with _file(raw) as file:
        if not file.read(1):
            raise Unreadable("an empty file")
        file.seek(0)
        if cut := stated_sizes.cut(file):
            raise Unreadable(cut)
        file.seek(0)
        try:
            with _libsndfile(file) as opened:
                yield opened
        except _Unknown:
            file.seek(0)
            with _ffmpeg(file) as opened:
                yield opened


class _Unknown(Exception):
    """libsndfile does not know the format; FFmpeg may."""


def _file(raw: bytes | Path) -> io.BufferedIOBase:
    if isinstance(raw, bytes):
        return io.BytesIO(raw)
    with file_errors(raw):
        return raw.open("rb")


class _Seekable:
    """A file whose damaged header may send libsndfile before its start, without a traceback."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self.file, self.read, self.readinto, self.tell = file, file.read, file.readinto, file.tell

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self.file.seek(offset, whence)
        except (OSError, ValueError):
            return -1


@contextmanager
def _libsndfile(file: io.BufferedIOBase) -> Iterator[tuple[Sound, Iterator[np.ndarray]]]:
    import soundfile

    try:
        opened = soundfile.SoundFile(_Seekable(file))
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise _Unknown from error
    endless = opened.format == "FLAC" and opened.frames >= UNKNOWN
    if endless or (not opened.frames and stated_sizes.is_open(opened.extra_info)):
        raise _Unknown  # libsndfile takes their length from the header alone
    if truncation := stated_sizes.truncation(opened.extra_info):
        raise Unreadable(truncation)
    with opened:
        encoding = f"{opened.format} {opened.subtype}"
        yield _bounded(opened.samplerate, opened.channels, encoding), _frames(opened)


def _frames(opened: Any) -> Iterator[np.ndarray]:
    import soundfile

    read = 0
    while True:
        try:
            block = opened.read(BLOCK, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise Unreadable(f"damaged after {read:,} frames: {reason(error)}") from None
        read += len(block)
        if not len(block):
            break
        yield block
    if read < opened.frames < UNKNOWN:
        raise Unreadable(f"truncated: {read:,} of {opened.frames:,} frames are there")


@contextmanager
def _ffmpeg(file: io.BufferedIOBase) -> Iterator[tuple[Sound, Iterator[np.ndarray]]]:
    import av

    try:
        opened = av.open(file, options=CLOSED)
    except (av.FFmpegError, ValueError):
        raise Unreadable("not a recording in a known format") from None
    with opened:
        if not opened.streams.audio:
            raise Unreadable("no audio track")
        track = opened.streams.audio[0]
        if track.codec_context is None:
            raise Unreadable("audio in an unknown encoding")
        encoding = f"{opened.format.name} {track.codec_context.name}"
        yield _bounded(track.rate or 0, track.channels, encoding), _packets(opened)


def _packets(opened: Any) -> Iterator[np.ndarray]:
    import av

    track, read = opened.streams.audio[0], 0
    plain = av.AudioResampler(format="fltp")  # floats, a row a channel; rate and channels stay
    try:
        for frame in opened.decode(audio=0):
            for made in plain.resample(frame):
                read += made.samples
                yield made.to_ndarray().T
    except av.FFmpegError as error:
        raise Unreadable(f"damaged: {reason(error)}") from None
    if track.codec_context.name.startswith("pcm") and read < track.frames:
        raise Unreadable(f"truncated: {read:,} of {track.frames:,} frames are there")


def _bounded(rate: int, channels: int, encoding: str) -> Sound:
    if not MIN_RATE <= rate <= MAX_RATE or not 0 < channels <= MAX_CHANNELS:
        stored = f"{rate:,} samples a second in {channels} channels"
        raise Unreadable(f"{stored}: not a plausible recording")
    return Sound(rate, channels, encoding)


def _checked(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    for block in blocks:
        if not np.isfinite(block).all():
            raise Unreadable(NOT_FINITE)
        yield np.ascontiguousarray(block, np.float32)


def _resampled(blocks: Iterable[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    if rate == RATE:
        yield from blocks
        return
    import av

    converter = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(block[None], format="flt", layout="mono")
        frame.sample_rate = rate
        yield from (made.to_ndarray()[0] for made in converter.resample(frame))
    yield from (made.to_ndarray()[0] for made in converter.resample(None))
