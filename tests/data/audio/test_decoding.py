"""Decoding: every format comes out as 16,000 samples a second, everything else as a reason."""

import io
import os
import time
import tracemalloc
import wave

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from factories.parameters import first

from helpers.data import checks
from helpers.data.audio import decoding, windows
from helpers.data.encoded import Unreadable
from helpers.data.items import Items
from helpers.models import speech
from helpers.models.speech import Recogniser

SECOND = np.arange(16_000) / 16_000


def tone(rate=16_000, seconds=1.0, pitch=440.0, channels=1):
    time = np.arange(int(rate * seconds)) / rate
    wave_ = 0.5 * np.sin(2 * np.pi * pitch * time)
    return np.repeat(wave_[:, None], channels, axis=1)


def encoded(samples, rate=16_000, form="WAV", subtype=None):
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format=form, subtype=subtype)
    return stream.getvalue()


def loudness(samples, pitch=440.0):
    """Amplitude of one pitch, by projection: near 0.5 for the tone above."""
    inside = samples[1_000:15_000]
    return 2 * abs(np.mean(inside * np.exp(-2j * np.pi * pitch * np.arange(len(inside)) / 16_000)))


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_any_rate_becomes_sixteen_thousand(rate):
    samples = decoding.decode(encoded(tone(rate), rate))
    assert samples.dtype == np.float32 and abs(len(samples) - 16_000) <= 1
    expected = 0.5 * np.sin(2 * np.pi * 440 * SECOND[: len(samples)])
    assert np.abs(samples - expected)[400 : len(samples) - 400].max() < 2e-3


@pytest.mark.parametrize(
    ("form", "subtype", "tolerance"),
    [
        ("WAV", "PCM_U8", 0.02),
        ("WAV", "PCM_16", 1e-3),
        ("WAV", "PCM_24", 1e-3),
        ("WAV", "PCM_32", 1e-3),
        ("WAV", "FLOAT", 1e-3),
        ("WAV", "DOUBLE", 1e-3),
        ("WAV", "ULAW", 0.02),
        ("FLAC", "PCM_16", 1e-3),
        ("FLAC", "PCM_24", 1e-3),
        ("AIFF", "PCM_16", 1e-3),
        ("OGG", "VORBIS", 0.03),
        ("OGG", "OPUS", 0.03),
        ("MP3", "MPEG_LAYER_III", 0.03),
    ],
)
def test_every_format_and_width_comes_out_alike(form, subtype, tolerance):
    samples = decoding.decode(encoded(tone(), 16_000, form, subtype))
    assert abs(len(samples) - 16_000) < 2_500  # lossy formats pad their ends
    assert loudness(samples) == pytest.approx(0.5, abs=tolerance)


def test_eight_channels_are_averaged():
    channels = np.random.default_rng(0).normal(0, 1e-2, (16_000, 8))
    channels[:, 3] += tone()[:, 0]
    samples = decoding.decode(encoded(channels, 16_000, "WAV", "PCM_24"))
    assert loudness(samples) == pytest.approx(0.5 / 8, abs=1e-3)
    about = decoding.about(encoded(channels, 16_000, "WAV", "PCM_24"))
    assert (about.rate, about.channels) == (16_000, 8) and "PCM_24" in about.encoding


def m4a():
    """Give the bytes of a format that libsndfile does not read."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="ipod") as container:
        track = container.add_stream("aac", rate=44_100, layout="stereo")
        samples = tone(44_100, channels=2).T.astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate = 44_100
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return stream.getvalue()


def test_what_libsndfile_does_not_know_ffmpeg_does():
    raw = m4a()
    about = decoding.about(raw)
    assert about.rate == 44_100 and about.channels == 2
    assert loudness(decoding.decode(raw)) == pytest.approx(0.5, abs=0.02)


def test_blocks_give_what_one_piece_gives():
    raw = encoded(np.random.default_rng(0).uniform(-1, 1, 200_000), 44_100)
    whole = decoding.decode(raw)
    samples, _ = soundfile.read(io.BytesIO(raw), dtype="float32")
    pieces = decoding._resampled(iter([samples]), 44_100)
    assert np.array_equal(whole, np.concatenate(list(pieces)))


WHOLE = encoded(tone(), 16_000)


BROKEN = {
    "empty": (b"", "an empty file"),
    "cut": (WHOLE[:-9_000], "truncated: 23,044 of 32,044 bytes"),
    "cut flac": (encoded(tone(), 16_000, "FLAC")[:-5_000], "truncated|damaged"),
    "cut vorbis": (encoded(tone(), 16_000, "OGG", "VORBIS")[:-900], "truncated.*last page"),
    "cut opus": (encoded(tone(), 16_000, "OGG", "OPUS")[:-1], "truncated.*last page"),
    "halved opus": (encoded(tone(seconds=30), 16_000, "OGG", "OPUS")[:30_000], "truncated.*last"),
    "crashed": (
        WHOLE[:40] + (1_000).to_bytes(4, "little") + WHOLE[44:],
        "states 1,000 bytes of samples, but 31,000 more follow",
    ),
    "cut aiff": (encoded(tone(), 16_000, "AIFF")[:-5_000], "truncated"),
    "nothing recorded": (encoded(np.zeros((0, 1)), 16_000), "no samples"),
    "text": (b"hello, this is a text\n" * 50, "not a recording in a known format"),
    "cut header": (WHOLE[:40], "not a recording"),
    "half a header": (b"RIFF\x00\x00\x00\x00WAVEfmt ", "not a recording"),
    "unknown encoding": (WHOLE[:20] + b"\0\0" + WHOLE[22:], "audio in an unknown encoding"),
    "nan": (encoded(np.array([[0.0], [np.nan]]), 16_000, "WAV", "FLOAT"), "NaN or infinite"),
    "three channels of floats": (np.zeros((2, 3), np.float32), "needed"),
}


@pytest.mark.parametrize(("raw", "reason"), BROKEN.values(), ids=BROKEN)  # bytes hold the time
def test_what_is_no_whole_recording_has_a_reason(raw, reason):
    with pytest.raises(Unreadable, match=reason) as caught:
        decoding.decode(raw)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("tail", [b"", bytes(5_000), b"LIST" + bytes(4_000), b"TAG" + b"a" * 2_000])
def test_what_follows_the_samples_of_a_whole_recording_is_passed_over(tail):
    for whole in (WHOLE, encoded(tone(), 16_000, "OGG")):
        assert len(decoding.decode(whole + tail)) == 16_000


HEADERS = {
    "wav": (WHOLE, range(44)),
    "flac": (encoded(tone(), 16_000, "FLAC"), range(90)),
    "ogg": (encoded(tone(), 16_000, "OGG", "VORBIS"), range(120)),
    "m4a": (m4a(), range(-900, 0, 9)),  # what says how to read it stands at the end
    "all of m4a": (m4a(), range(-900, 0, 3)),
}


@pytest.mark.parametrize("name", first(HEADERS, 4))
def test_a_damaged_header_has_a_reason_or_is_read_all_the_same(name, capfd):
    (whole, places), read = HEADERS[name], 0
    for place in places:
        for value in (0, 255, whole[place] ^ 1):
            raw = bytearray(whole)
            raw[place] = value
            try:
                read += len(decoding.decode(bytes(raw), 0.1)) > 0
            except Unreadable as reason:
                assert "\n" not in str(reason)
    assert read and "Traceback" not in capfd.readouterr().err


def test_a_text_file_named_wav_and_a_missing_file_have_a_reason(tmp_path):
    (tmp_path / "notes.wav").write_text("just words")
    with pytest.raises(Unreadable, match="not a recording"):
        decoding.decode(tmp_path / "notes.wav")
    with pytest.raises(Unreadable, match="no such file"):
        decoding.decode(tmp_path / "absent.wav")
    with pytest.raises(Unreadable, match="[Dd]irectory"):
        decoding.decode(tmp_path)


def test_a_recording_without_a_declared_length_is_read_to_its_end():
    streamed = WHOLE[:4] + b"\xff" * 4 + WHOLE[8:]
    assert len(decoding.decode(streamed)) == 16_000


def test_twenty_minutes_are_surveyed_and_heard_in_bounded_memory(tmp_path):
    file = tmp_path / "long.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        minute = (8_000 * tone(8_000, 60.0)[:, 0]).astype("<i2").tobytes()
        for _ in range(20):
            out.writeframes(minute)
    frame = pd.DataFrame({"id": ["long"], "label": "speech", "path": file.name})
    items = Items("made", frame, lambda index: file, "", task="speech-recognition")
    lengths = []
    counting = Recogniser("made", lambda samples, language: lengths.append(len(samples)) or "", "")
    tracemalloc.start()
    surveyed = checks.survey(items)
    heard = speech.transcribe(counting, decoding.stream(items.raw(0)))
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert surveyed.seconds[0] == heard.seconds == pytest.approx(1_200, abs=1e-3)
    assert max(lengths) <= 30 * 16_000 and len(lengths) <= 1_200 / 25 + 1
    assert grown < 30_000_000  # the recording itself is 77 MB


def test_windows_are_cut_where_it_is_quiet_and_lose_nothing():
    noise = np.random.default_rng(0).normal(0, 0.1, 70 * 16_000).astype(np.float32)
    noise[28 * 16_000 : 28 * 16_000 + 800] = 0  # a pause in the last seconds of the first window
    cut = list(windows.cut(np.array_split(noise, 11)))
    assert np.array_equal(np.concatenate(cut), noise)
    assert 28 * 16_000 <= len(cut[0]) <= 28 * 16_000 + 800
    assert all(len(each) <= 30 * 16_000 for each in cut)


def test_the_first_seconds_can_be_had_alone():
    raw = encoded(tone(seconds=9.0), 16_000)
    assert np.array_equal(decoding.decode(raw, 2.5), decoding.decode(raw)[: 2 * 16_000 + 8_000])


LISTS = {
    "a session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    b"m=audio 5004 RTP/AVP 97\na=rtpmap:97 PCMU/8000/1\n",
    "a list of files": b"ffconcat version 1.0\nfile %s\n",
    "a stream's list": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://%s\n#EXT-X-ENDLIST\n",
    "addresses": b"[reference]\nRef1=http://127.0.0.1:9/x\n",
}


@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS)
def test_a_list_of_tracks_opens_no_file_and_no_socket(tmp_path, content):
    (tmp_path / "other.wav").write_bytes(encoded(tone()))
    content = content.replace(b"%s", str(tmp_path / "other.wav").encode())
    started = time.monotonic()
    for raw in (content, tmp_path / "list.wav"):
        (tmp_path / "list.wav").write_bytes(content)
        with pytest.raises(Unreadable):
            decoding.decode(raw)
    assert time.monotonic() - started < 5  # a socket is waited for without end


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    from helpers.data.encoded import content_of

    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    for name in ("pipe.wav", "zero.wav"):
        for read in (decoding.decode, content_of):
            with pytest.raises(Unreadable, match="device or a pipe"):
                read(tmp_path / name)
