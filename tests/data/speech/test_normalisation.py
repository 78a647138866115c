"""Normalisation: what each of the three does, and the traps of Whisper's, each by an example."""

import pandas as pd
import pytest

from helpers.core.errors import UserError
from helpers.data.sources import speech_table
from helpers.data.speech import annotations, normalisation


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Agent Logged off.", "agent logged off"),
        ("That agent's  already logged on—isn't it?", "that agent's already logged on isn't it"),
        ("Don’t 'quote' me", "don't quote me"),
        ("Échec à l'ouverture", "échec à l'ouverture"),
        ("Введите номер, ёлка!", "введите номер ёлка"),
        ("नमस्ते, दुनिया।", "नमस्ते दुनिया"),
        ("E\u0301chec", "échec"),
        ("twenty-five %", "twenty five"),
        ("...", ""),
    ],
)
def test_plain_drops_case_and_punctuation_and_no_letter_of_any_script(text, plain):
    assert normalisation.plain(text) == plain


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Press three.", "press 3"),
        ("Press 3.", "press 3"),
        ("eighteenth", "18th"),
        ("One hundred", "100"),
        ("colour", "color"),
        ("That agent's already logged on.", "that agent is already logged on"),
        ("dash [-]", "dash"),
        ("to the default level .", "to the default level"),
    ],
)
def test_whispers_english_rules_make_spellings_of_one_thing_alike(text, normal):
    assert normalisation.whisper(text, "en-US") == normal


def test_the_traps_of_whispers_rules_are_still_there():
    assert normalisation.whisper("$20, um, twenty-five percent", "en") == "$2025%"
    assert normalisation.whisper("one two three four", "en") == "1234"
    assert normalisation.whisper("1 2 3 4", "en") == "one 2 3 4"
    assert normalisation.whisper("À l'ouverture [bruit] (fin)", "fr") == "à l ouverture"
    assert normalisation.whisper("नमस्ते दुनिया", "hi") == "नमस त द न य"
    assert normalisation.loses_marks("नमस्ते") and not normalisation.loses_marks("Échec, ёлка")


def test_english_rules_are_for_english_alone():
    assert normalisation.whisper("hay un dos tres", "es-MX") == "hay un dos tres"
    texts = ["three", "three"]
    assert normalisation.normalised(texts, ["en", "fr"], "whisper") == ["3", "three"]
    assert normalisation.normalised(texts, "english", "whisper") == ["3", "3"]
    for name in ("en_US", "en-GB", "EN", "eng", "English", " english ", "English (US)"):
        assert normalisation.is_english(name), name
    for name in ("enm-x", "", "fr", "French", "de-EN", "Old English"):
        assert not normalisation.is_english(name), name


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("don\u2019t", "don't", "en"),
        ("don\u02bct", "don't", "en"),
        ("\u00b5", "\u03bc", "el"),
        ("\u0132sland", "IJsland", "nl"),
        ("അവൻ", "അവന്\u200d", "ml"),
        ("1", "1\ufe0f\u20e3", "en"),
        ("o\u02bbzbek", "o'zbek", "uz"),
        ("don`t", "don't", "English"),
        ("\u0645\u0640\u0640\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627", "ar"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
            "fa",
        ),
        ("\uff21\uff22\uff23 \uff11", "ABC 1", "ja"),
        ("\uff76\uff9e", "\u30ac", "ja"),
        ("e\ufb03cient", "efficient", "en"),
        ("A\u00a0B", "a b", "en"),
        ("heart\ufe0f", "heart", "en"),
        ("\ufeffhello", "hello", "en"),
        ("\u0130zmir ILIK", "izmir \u0131l\u0131k", "tr-TR"),
        ("I\u0307zmir", "izmir", "tur"),
        ("KIZ", "k\u0131z", "Turkish"),
        ("KIZ", "kiz", "de"),
        ("\u0130zmir", "izmir", "en"),
        ("I\u0307\u0301", "\u00ed", "lt"),
        ("[noise] yes", "yes [BLANK_AUDIO]", "en"),
        ("hello<laughter> world", "hello world", "en"),
        ("\uff3bnoise\uff3d yes", "yes", "ja"),
        ("\u3010noise\u3011yes {noise}", "yes", "ja"),
        ("<|startoftranscript|><|en|><|0.00|> yes <|2.00|>", "yes", "en"),
        ("\u0e19\u0e4d\u0e49\u0e32", "\u0e19\u0e49\u0e33", "th"),  # sara am in two signs
        ("\u0e17\u0e4d\u0e32", "\u0e17\u0e33", "th"),
        ("\u0e99\u0ecd\u0ec9\u0eb2", "\u0e99\u0ec9\u0eb3", "lo"),
        (
            "\u06a9\u062a\u0627\u0628 \u0639\u0644\u06cc",
            "\u0643\u062a\u0627\u0628 \u0639\u0644\u064a",
            "fa",
        ),
        ("\u015ftiin\u0163\u0103", "\u0219tiin\u021b\u0103", "ro"),
        ("\u0663 \u06f3 \u0969", "3 3 3", "ar"),
    ],
)
@pytest.mark.parametrize("how", ["plain", "whisper"])
def test_ways_to_write_one_thing_are_alike(one, other, language, how):
    normalised = normalisation.NORMALISATIONS[how]
    assert normalised(one, language) == normalised(other, language) != ""


def test_whispers_rules_drop_no_words_between_brackets_that_are_none():
    assert normalisation.whisper("I <3 you. Yes > no", "en") == "i 3 you yes no"
    assert normalisation.whisper("a<b and c>d", "fr") == "a b and c d"


def test_letters_that_a_language_tells_apart_stay_two():
    assert normalisation.plain("\u06cc", "ps") != normalisation.plain("\u064a", "ps")


def test_raw_keeps_everything_but_spaces():
    assert normalisation.raw("  Two  spaces,\nNo More ") == "Two spaces, No More"


@pytest.mark.parametrize(
    ("text", "spoken", "sound"),
    [
        ("[this is a beep]", None, "this is a beep"),
        ("[ tono de error ]", None, "tono de error"),
        ("<beep ascending>", None, "beep ascending"),
        ("(2 seconds of silence)", None, "2 seconds of silence"),
        ("space [ ]", "space", None),
        ("dash [-]", "dash", None),
        ("[!] punto esclamativo", "punto esclamativo", None),
        ("Spiacente, [quello] non è valido.", None, None),
        ('IAX (note: does not say "2")', None, None),
        ("Hello.", "Hello.", None),
        ("spazio []", "spazio", None),
        ("\uff08\u7b11\uff09", None, "\u7b11"),
    ],
)
def test_brackets_of_studio_transcripts(text, spoken, sound):
    assert annotations.spoken(text) == spoken
    assert annotations.sound(text) == sound


@pytest.mark.parametrize(
    ("text", "words", "sound"),
    [
        ("hello [noise] world", "hello world", None),
        ("hello <laughter> world", "hello world", None),
        ("(hello there)", "(hello there)", None),
        ("[noise] ... [door slams]", "", "noise, door slams"),
        ("[]", "", ""),
        ("a < b and c > d", "a < b and c > d", None),
        ("I <3 you. Yes > no", "I <3 you. Yes > no", None),
        ("hello [unintelligible] world", "", None),
        ("<unk>", "", None),
        ("<|0.00|> hello<|1.00|>", "hello", None),
        ("{noise}", "", "noise"),
        ("", "", None),
    ],
)
def test_sounds_in_brackets_are_no_words_of_a_manifest(text, words, sound):
    assert annotations.split_sounds(text) == (words, sound)


def test_a_manifest_says_who_speaks_by_brackets_or_by_category():
    rows = pd.DataFrame(
        {
            "transcript": ["hello [noise] world", "(hello there)", "[beep]", None, 2.0],
            "category": ["calls", None, "calls", "non-speech", "calls"],
        }
    )
    made = speech_table.utterances(rows, "m.csv", "transcript")
    assert made["label"].tolist() == ["calls", "speech", "non-speech", "non-speech", "calls"]
    assert made["reference"].tolist() == ["hello world", "(hello there)", "", "", "2"]
    for how in normalisation.NORMALISATIONS:
        assert "noise" not in normalisation.normalised(made["reference"], "en", how)[0]
    with pytest.raises(UserError, match="category non-speech and a transcript, 'hello world'"):
        speech_table.utterances(rows.assign(category="non-speech"), "m.csv", "transcript")
