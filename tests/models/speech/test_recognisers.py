"""Recognisers: a real one on real speech where it is at hand, refusals in one line everywhere."""

import numpy as np
import pytest
from factories.speech import encoded, tone

from helpers.catalogue import entries
from helpers.core.errors import Unreachable, UserError
from helpers.data import sources
from helpers.data.audio import decoding
from helpers.data.speech import normalisation
from helpers.models import speech
from helpers.models.speech import moonshine, whisper


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("whisper-tiny.em", UserError, "did you mean 'whisper-tiny.en'"),
        ("wisper:tiny", UserError, "did you mean 'whisper'"),
        ("whisper:tinyy", UserError, "neither a folder nor a model of the hub"),
        ("whisper:params", UserError, "config.json, model.bin, tokenizer.json"),
        ("efficientnet-lite0", UserError, "efficientnet-lite0"),
    ],
)
def test_what_is_no_recogniser_gets_one_line(repository, name, kind, reason):
    with pytest.raises(kind, match=reason) as caught:
        speech.describe(name).load(1)
    assert "\n" not in str(caught.value)


def test_a_hub_out_of_reach_gets_one_line(repository, monkeypatch):
    import faster_whisper.utils

    def refuse(*_, **__):
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(faster_whisper.utils, "download_model", refuse)
    with pytest.raises(Unreachable, match="the hub cannot be reached .ConnectionError") as caught:
        speech.describe("whisper:base").load(1)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_no_model_gets_one_line(repository):
    (repository / "broken").mkdir()
    for name in whisper.FILES:
        (repository / "broken" / name).write_text("{}")
    with pytest.raises(UserError, match="not a Whisper model"):
        speech.describe("whisper:broken").load(1)


def test_a_recogniser_of_kerashub_is_given_samples_and_gives_text():
    class Model:
        def generate(self, inputs):
            return [f"{inputs['audio'].shape} heard"]

    assert moonshine._hearing(Model())(np.zeros(800, np.float32), "en") == "(1, 800, 1) heard"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        *((name, "en") for name in ("en", "EN", "en-US", "en_GB", "eng", "English")),
        *((name, "zh") for name in ("zh", "zh-TW", "cmn", "Chinese")),
        *((name, name) for name in ("tl", "no", "yue")),
        *((name, "no") for name in ("nb", "nb-NO", "nob", "Norwegian Bokmål")),
        *((name, "tl") for name in ("fil", "fil-PH", "Filipino")),
        *((name, None) for name in ("", "tlh", "unknown")),
    ],
)
def test_a_language_is_told_to_whisper_as_whisper_calls_it(language, code):
    class Model:
        class model:
            is_multilingual = True

        supported_languages = ("en", "zh", "tl", "no", "yue")

    assert whisper._code(Model, language) == code
    assert whisper._knows(Model, language) is (not language or code is not None)


def test_the_search_is_part_of_what_a_recogniser_is(repository):
    greedy, beam = (speech.describe("whisper-tiny.en", width) for width in (1, 5))
    assert greedy.digest != beam.digest
    assert greedy.digest == speech.describe("whisper-tiny.en", 1).digest
    assert entries.model("whisper-tiny.en").parameters == 37_184_256


def test_a_long_recording_is_heard_window_by_window():
    lengths = []

    def hear(samples, language):
        lengths.append(len(samples))
        return f" part {len(lengths)} "

    long = np.random.default_rng(0).normal(0, 0.1, 65 * decoding.RATE).astype(np.float32)
    made = speech.Recogniser("made", hear, "made")
    heard = speech.transcribe(made, np.array_split(long, 40), "en", "long")
    assert heard.text == "part 1 part 2 part 3" and heard.seconds == 65
    assert sum(lengths) == len(long) and max(lengths) <= 30 * decoding.RATE


def test_whisper_writes_down_what_a_person_says(archives):
    try:
        items = sources.load("prompts-english", "speech-recognition")
    except Unreachable as reason:
        pytest.skip(str(reason))
    row = items.frame["id"].tolist().index("en/ss-noservice")
    recogniser = speech.describe("whisper-tiny.en").load(1)
    texts = [
        speech.transcribe(recogniser, decoding.stream(items.raw(row)), "en-US").text
        for _ in range(2)
    ]
    said = normalisation.plain(items.frame["reference"][row])
    assert said.startswith("the number you have dialed") and texts[0] == texts[1]
    assert normalisation.plain(texts[0]) == said


@pytest.mark.slow
def test_pocketsphinx_hears_words_and_always_the_same():
    recogniser = speech.describe("pocketsphinx").load(None)
    silence = np.zeros(decoding.RATE, np.float32)
    sound = decoding.decode(encoded(tone(1.0, 300)))
    first = [recogniser.hear(each, "en") for each in (silence, sound)]
    again = [recogniser.hear(each, "en") for each in (sound, silence)][::-1]
    assert first == again and recogniser.parameters is None
