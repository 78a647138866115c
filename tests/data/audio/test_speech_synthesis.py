"""Synthetic speech is named as such, and cached by its text."""

import shutil

import pytest


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="no program that speaks")
def test_synthetic_speech_is_called_so_and_kept_by_what_it_says(repository):
    from helpers.data.audio import decoding, speech_synthesis

    voice = next(each for each in speech_synthesis.VOICES if each.program == "espeak-ng")
    path = speech_synthesis.synthesise("-v is no option; $(touch harm)", voice)
    assert (
        "synthetic" in voice.shown
        and speech_synthesis.synthesise("-v is no option; $(touch harm)", voice) == path
    )
    assert len(decoding.decode(path)) > 8_000 and not (repository / "harm").exists()
