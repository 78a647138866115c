"""Accents spoken by programs: which sentences, by which voices, and where there is no program."""

import gzip
import shutil
from dataclasses import replace

import pytest
from factories.deb_package import package, tarred
from factories.speech import encoded, tone

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.core.errors import Unreachable
from helpers.data import checks
from helpers.data.audio import decoding, speech_synthesis
from helpers.data.sources import asterisk_prompts
from helpers.data.sources.asterisk_prompts import AccentFields

TEXT = """hello: Hello.
one: Please press the pound key.
two: please press the pound key!
three: The number is not in service.
note: Please leave a message (a tone plays).
long: This one goes on and on and on and on and on and on and on and on.
"""
PINNED = [Package(name="texts", version="1", sha256="0" * 64, size_mb=1)]


@pytest.fixture
def texts(repository, tmp_path, monkeypatch):
    """Give a package of transcripts, as if it had been fetched."""
    member = "./usr/share/doc/asterisk/core-sounds-en.txt.gz"
    made = package(tmp_path, tarred({member: gzip.compress(TEXT.encode())}), file="texts_1_all.deb")
    monkeypatch.setattr(apt, "fetch", lambda pinned: made)


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="no program that speaks")
def test_every_voice_speaks_the_same_plain_sentences_each_once(texts, monkeypatch):
    voices = [each for each in speech_synthesis.VOICES if each.program == "espeak-ng"][:2]
    monkeypatch.setattr(speech_synthesis, "available", lambda: tuple(voices))
    items = asterisk_prompts.load_accents(PINNED, AccentFields())
    said = items.frame.groupby("accent")["reference"].agg(sorted)
    sentences = ["Please press the pound key.", "The number is not in service."]
    assert said.tolist() == [sentences, sentences]
    assert said.index.tolist() == sorted(voice.shown for voice in voices)
    assert "no person speaks" in items.notes[0] and "espeak-ng" in items.notes[0]
    assert len(decoding.decode(items.raw(0))) > decoding.RATE
    first = asterisk_prompts.load_accents(PINNED, AccentFields(sentences=1))
    assert first.frame["reference"].nunique() == 1 and first.digest != items.digest


def test_where_no_program_speaks_the_study_is_out_of_reach(texts, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(Unreachable, match="espeak-ng or flite"):
        asterisk_prompts.load_accents(PINNED, AccentFields())


def test_that_no_person_speaks_stands_in_the_answer(texts, monkeypatch):
    monkeypatch.setattr(speech_synthesis, "available", lambda: speech_synthesis.VOICES[:2])
    monkeypatch.setattr(speech_synthesis, "version_of", lambda program: "1.0")
    items = asterisk_prompts.load_accents(PINNED, AccentFields())
    heard = replace(items, task="speech-recognition", raw=lambda row: encoded(tone(0.5)))
    [found] = checks.run(heard, only="D138")
    assert found.count == len(items.frame) and "synthetic" in found.consequence
