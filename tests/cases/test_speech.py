"""Recordings as streams and odd microphones write them, and transcripts in all scripts."""

import struct

import numpy as np
import pandas as pd
import pytest
import soundfile
from factories.cases import RATE, look, tone
from factories.records import speech_metrics_record

from helpers.comparison import speech_recognition
from helpers.core import files, paths
from helpers.data.audio import decoding, modality
from helpers.data.encoded import Unreadable
from helpers.data.speech import annotations, normalisation
from helpers.metrics import word_error_rate


def rate_of_words(said, heard, language, how):
    """Compare as a manifest's rows are: brackets parted from the reference, both normalised."""
    normalised = normalisation.NORMALISATIONS[how]
    reference = normalised(annotations.split_sounds(said)[0], language)
    counted = word_error_rate.table([reference], [normalised(heard, language)])
    return float(word_error_rate.word_error_rate(counted.sum(axis=0)))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        pytest.param("[noise] yes", "raw"),
        pytest.param("[noise] yes", "plain"),
        pytest.param("[noise] yes", "whisper"),
        pytest.param("<laughter> yes", "raw"),
        pytest.param("<laughter> yes", "plain"),
        pytest.param("<laughter> yes", "whisper"),
        pytest.param("a<b and c>d", "plain"),
    ],
)
def test_a_transcript_equal_to_its_reference_has_no_error(text, how):
    """What stands in brackets is taken from both or from neither."""
    assert rate_of_words(text, text, "en", how) == 0


def test_a_sound_that_is_heard_is_no_word():
    """What a recogniser puts in brackets is no error."""
    assert rate_of_words("yes", "yes [BLANK_AUDIO]", "en", "plain") == 0


SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf"
HEBREW = "\u05e2\u05d1\u05e8\u200f\u05d9\u05ea"


@pytest.mark.parametrize(
    ("said", "character", "language", "how"),
    [
        pytest.param(SINHALA, "\u200d", "si", "plain", id="joiner"),
        pytest.param("co\u00adoperate now", "\u00ad", "en", "plain", id="soft hyphen"),
        pytest.param("hel\u200blo world", "\u200b", "en", "plain", id="space of no width"),
        pytest.param("wo\u2060rd", "\u2060", "en", "plain", id="word joiner"),
        pytest.param(HEBREW, "\u200f", "he", "plain", id="mark of direction"),
        pytest.param("co\u00adoperate now", "\u00ad", "en", "whisper", id="soft hyphen, Whisper"),
        pytest.param("hel\u200blo world", "\u200b", "en", "whisper", id="no width, Whisper"),
    ],
)
def test_format_characters_part_no_words(said, character, language, how):
    """Joiners, soft hyphens and marks of direction are no letters and no blanks."""
    assert rate_of_words(said, said.replace(character, ""), language, how) == 0


ISTANBUL = ("\u0130STANBUL ILIK", "istanbul \u0131l\u0131k")
IGDIR = ("I\u011fd\u0131r", "\u0131\u011fd\u0131r")


@pytest.mark.parametrize(
    ("said", "heard", "language"),
    [
        pytest.param(*ISTANBUL, "tr", id="Turkish"),
        pytest.param(*IGDIR, "tr", id="Turkish, one capital"),
        pytest.param("BAKI", "bak\u0131", "az", id="Azerbaijani"),
        pytest.param("TITLE", "title", "en", id="English"),
    ],
)
def test_the_language_decides_how_capitals_are_lowered(said, heard, language):
    """A Turkish I has no dot in small letters, an English one has."""
    assert rate_of_words(said, heard, language, "plain") == 0


def test_a_script_without_blanks_is_not_compared_by_words(repository):
    """Three characters in four of Japanese beat nothing at all, or a line says why they do not."""
    pairs = [
        (
            "\u4eca\u65e5\u306f\u6674\u308c\u3067\u3059",
            "\u4eca\u65e5\u306f\u6674\u308c\u3067\u3057\u305f",
        ),
        (
            "\u660e\u65e5\u306f\u96e8\u3067\u3057\u3087\u3046",
            "\u660e\u65e5\u306f\u96e8\u3067\u3057\u305f",
        ),
    ] * 12
    items = pd.DataFrame({"id": [f"u{number}" for number in range(len(pairs))], "split": "test"})
    said = items.assign(label="speech", reference=[one for one, _ in pairs], language="ja")
    files.write_parquet(paths.build("s") / "splits.parquet", said.assign(path=said["id"]))
    for name, heard in (("empty-transcript", ""), ("heard", [other for _, other in pairs])):
        folder = paths.build("s", name)
        files.write_parquet(folder / "predictions.parquet", items.assign(hypothesis=heard))
        speech_metrics_record("s", name).write("s", name)
    text = speech_recognition.compare(
        "s", ["heard", "empty-transcript"], resamples=200
    ).text.lower()
    telling = ("heard comes first", "character", "without spaces", "without blanks")
    assert any(word in text for word in telling)


def decibels(samples):
    """Give the level of a recording after it was written and read."""
    soundfile.write("voice.wav", samples, RATE)
    decoded = decoding.decode(paths.root() / "voice.wav")
    return 10 * np.log10(np.mean(np.square(decoded, dtype=float)) + 1e-12)


@pytest.mark.parametrize("second", [-1.0, -0.9])
def test_a_voice_in_opposite_phases_is_not_silent(repository, second):
    """A voice in two channels is about as loud as in one."""
    voice = tone(300, 2, 1)
    assert decibels(np.stack([voice, second * voice], axis=1)) >= decibels(voice) - 10


@pytest.fixture
def wav(tmp_path):
    """Give the bytes of a recording of two seconds."""
    soundfile.write(tmp_path / "good.wav", tone(300, 2, 1), RATE)
    return (tmp_path / "good.wav").read_bytes()


@pytest.mark.parametrize(
    ("whole", "data"),
    [
        pytest.param(0x7FFFF024, 0x7FFFF000, id="sox"),
        pytest.param(0x80000024, 0x80000000, id="2^31"),
        pytest.param(0x7FFFFFFF, 0x7FFFFFDB, id="2^31-1"),
        pytest.param(0xFFFFFFF7, 0xFFFFFFD3, id="all ones less a header"),
        pytest.param(0, 0, id="zero"),
        pytest.param(0xFFFFFFFF, 0xFFFFFFFF, id="ffmpeg"),
    ],
)
def test_the_samples_of_a_stream_are_whole(wav, whole, data):
    """A header that a stream wrote before it knew its end takes nothing away."""
    start = wav.index(b"data") + 4
    header = wav[:4] + struct.pack("<I", whole) + wav[8:start] + struct.pack("<I", data)
    try:
        found = len(decoding.decode(header + wav[start + 4 :]))
    except Unreadable:
        found = 0
    assert found == 2 * RATE


def test_a_recording_cut_in_half_is_left_out(wav):
    """A size that a file could know is a promise."""
    with pytest.raises(Unreadable):
        decoding.decode(wav[: len(wav) // 2])


def test_what_is_cut_after_the_limit_is_said(repository, monkeypatch):
    """A line says that recordings are longer than what is read of them."""
    monkeypatch.setattr(modality, "LONGEST", 2.5)
    for label in "ab":
        for number in range(6):
            file = repository / "set" / label / f"{number}.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            seed = 100 * (label == "b") + number
            soundfile.write(file, tone(200 + 45 * number + 20 * (label == "b"), 4, seed), RATE)
    _, said = look({"folder": "set"}, "audio-classification")
    assert any(word in said for word in ("cut", "2.5", "longer than"))
