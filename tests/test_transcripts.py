"""Normalisation: what each of the three does, and the traps of Whisper's, each by an example."""

import pytest

from helpers import transcripts


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
    assert transcripts.plain(text) == plain


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
    assert transcripts.whisper(text, "en-US") == normal


def test_the_traps_of_whispers_rules_are_still_there():
    assert transcripts.whisper("$20, um, twenty-five percent", "en") == "$2025%"
    assert transcripts.whisper("one two three four", "en") == "1234"
    assert transcripts.whisper("1 2 3 4", "en") == "one 2 3 4"
    assert transcripts.whisper("नमस्ते दुनिया", "hi") == "नमस त द न य"
    assert transcripts.loses_marks("नमस्ते") and not transcripts.loses_marks("Échec, ёлка")


def test_english_rules_are_for_english_alone():
    assert transcripts.whisper("hay un dos tres", "es-MX") == "hay un dos tres"
    texts = ["three", "three"]
    assert transcripts.normalised(texts, ["en", "fr"], "whisper") == ["3", "three"]
    assert transcripts.normalised(texts, "english", "whisper") == ["3", "3"]
    assert transcripts.is_english("en_US") and not transcripts.is_english("enm-x")


def test_raw_keeps_everything_but_spaces():
    assert transcripts.raw("  Two  spaces,\nNo More ") == "Two spaces, No More"


@pytest.mark.parametrize(
    ("text", "spoken", "sound"),
    [
        ("[this is a beep]", None, "this is a beep"),
        ("[ tono de error ]", None, "tono de error"),
        ("(2 seconds of silence)", "(2 seconds of silence)", "2 seconds of silence"),
        ("space [ ]", "space", None),
        ("dash [-]", "dash", None),
        ("[!] punto esclamativo", "punto esclamativo", None),
        ("Spiacente, [quello] non è valido.", None, None),
        ("Hello.", "Hello.", None),
        ("spazio []", "spazio", None),
    ],
)
def test_brackets_of_studio_transcripts(text, spoken, sound):
    assert transcripts.spoken(text) == spoken
    assert transcripts.sound(text) == sound
