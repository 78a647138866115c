"""The language of transcripts: any name of it, or found out from the words, or asked for."""

import pandas as pd
import pytest
from factories.speech import made_recordings

from helpers.core.errors import UserError
from helpers.data import preparation
from helpers.data.speech import languages


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "tr") for name in ("tr", "TR", "tur", "tr-TR", "tr_TR", "Turkish", " turkish ")),
        *((name, "de") for name in ("de", "deu", "ger", "de-AT", "German", "german (Austria)")),
        *((name, "zh") for name in ("zh", "cmn", "zh-Hans-CN", "zho", "Chinese")),
        ("ga", "ga"),  # Irish, though there is a language called Ga
        ("Ga", "ga"),
        ("Old English", "ang"),
        ("", ""),
        ("klingonese", "klingonese"),
    ],
)
def test_a_language_has_one_code(name, code):
    assert languages.code(name) == code


def test_what_names_no_language_is_none():
    for name in ("", "und", "mul", "unknown", "n/a", "speech"):
        assert not languages.is_known(name)
    assert languages.is_known("en-GB") and languages.is_known("Czech")


ENGLISH = ["please press the key that is on the left", "this is not the number that you have"]
GERMAN = ["bitte drücken sie die taste auf der linken seite", "das ist nicht die nummer die es ist"]
TURKISH = ["lütfen soldaki tuşa basın", "aradığınız numara kullanılmamaktadır"]


def frame(references, spoken=None):
    made = pd.DataFrame({"reference": references})
    return made if spoken is None else made.assign(language=spoken)


@pytest.mark.parametrize(
    ("table", "found", "unknown"),
    [
        (frame(ENGLISH * 9), {"en"}, 0),
        (frame([text.upper() for text in ENGLISH] * 9), {"en"}, 0),
        (frame([*ENGLISH, "", "yes"]), {"en", ""}, 0),  # nobody speaks in the third
        (frame(GERMAN * 9), {"de"}, 0),
        (frame(ENGLISH * 9 + GERMAN * 9), {""}, 36),
        (frame(TURKISH * 9), {"tr"}, 0),
        (frame(["BAKI soyuq", "G\u018eNC \u0259dib", "\u0131l\u0131q"]), {"az"}, 0),
        (frame(["czego chcesz", "dzie\u0144 dobry"]), {""}, 2),
        (frame(["on to zrobił i nie jest to dla mnie", "do bani, co to za film"] * 9), {""}, 18),
        (frame(["on se hyvä ja me pidimme siitä", "he on niin hyvä"] * 9), {""}, 18),
        (frame(["este un film bun și nu mi-a plăcut", "a fost la noi de un an"] * 9), {""}, 18),
        (frame(["هذا بيت كبير", "ذهبت الى المدرسة"] * 9), {"ar"}, 0),
        (frame(["این خانه خیلی بزرگ است", "من به مدرسه می‌روم"] * 9), {""}, 0),
        (frame(["یہ ایک گھر ہے", "میں اسکول جاتا ہوں"] * 9), {""}, 0),
        (frame(["seven", "three"]), {""}, 2),
        (frame(["нажмите три", "今日は晴れです"]), {""}, 0),  # never English
        (frame(["seven", "three"], ["en", None]), {"en"}, 0),
        (frame(["seven", "three", "drei"], ["en", None, "de"]), {"en", "", "de"}, 1),
        (frame(ENGLISH * 9, ["unknown"] * 18), {"unknown"}, 18),
    ],
)
def test_a_language_is_found_out_where_the_words_are_clear(table, found, unknown):
    spoken, note = languages.completed(table)
    assert set(spoken) == found
    assert languages.unknown(spoken, table["reference"]) == unknown
    before = table["language"].fillna("") if "language" in table else ""
    assert bool(note) == (spoken != before).any()


def prepared(repository, change, **fields):
    made_recordings(repository / "clips", 12)
    file = repository / "clips" / "manifest.csv"
    change(pd.read_csv(file)).to_csv(file, index=False)
    source = {"table": {"file": "clips/manifest.csv", **fields}}
    return preparation.prepare(source, task="speech-recognition")


def found(made):
    return {each.code for each in made.findings if each.count}


def without(rows):
    return rows.drop(columns="language")


def test_a_manifest_without_a_language_asks_for_it_and_a_study_may_name_it(repository):
    asked = prepared(repository, without)
    assert "D135" in found(asked) and "language" not in asked.frame
    named = prepared(repository, without, language="en-GB")
    assert "D135" not in found(named) and set(named.frame["language"]) == {"en-GB"}
    other = prepared(repository, lambda rows: without(rows).assign(lang="en"), language="lang")
    assert set(other.frame["language"]) == {"en"}
    with pytest.raises(UserError, match="'englsh'.*column or a language"):
        prepared(repository, without, language="englsh")
    assert "D135" not in found(prepared(repository, lambda rows: rows))


def test_a_language_that_is_found_out_is_said(repository):
    made = prepared(repository, lambda rows: without(rows).assign(transcript=ENGLISH[0]))
    assert "language" not in made.frame and "D135" not in found(made)  # no recogniser is told
    assert any("12 transcripts name no language" in note for note in made.items.notes)
    assert set(made.frame["split"]) == {"test"}  # nothing is trained


def test_transcripts_of_a_wrong_encoding_are_told_with_what_it_costs(repository):
    made = prepared(repository, lambda rows: rows.assign(transcript="cafÃ© fermÃ©"))
    [told] = [each for each in made.findings if each.code == "D137"]
    assert told.count == len(made.frame) and "counts as an error" in told.consequence
    assert "D137" not in found(prepared(repository, lambda rows: rows.assign(transcript="São")))


def test_a_transcript_without_a_word_is_none(repository):
    def dotted(rows):
        rows.loc[0, "transcript"] = "..."
        return rows

    made = prepared(repository, dotted)
    assert made.dropped["reason"].tolist() == ["no transcript"] and "D131" in found(made)
