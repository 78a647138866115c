"""Synthetic speech is named as such, and cached by its text."""

import shutil

import pytest


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="no program that speaks")
def test_synthetic_speech_is_called_so_and_kept_by_what_it_says(repository, monkeypatch):
    from helpers.data.audio import decoding, speech_synthesis

    voice = next(each for each in speech_synthesis.VOICES if each.program == "espeak-ng")
    sound = speech_synthesis.synthesise("-v is no option; $(touch harm)", voice)
    monkeypatch.setattr(speech_synthesis.subprocess, "run", None)  # to speak again would fail
    assert "synthetic" in voice.shown
    assert speech_synthesis.synthesise("-v is no option; $(touch harm)", voice) == sound
    assert len(decoding.decode(sound)) > 8_000 and not (repository / "harm").exists()
