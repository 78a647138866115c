"""Telephone prompts out of Debian packages: words, voices, and what is out of reach."""

import gzip
import json
from dataclasses import replace

import pytest
from factories.deb_package import package, tarred
from factories.speech import encoded, tone

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.config import study_file
from helpers.core import files, paths
from helpers.core.errors import Unreachable, UserError
from helpers.data import checks
from helpers.data.audio import decoding
from helpers.data.items import NO_SPEECH
from helpers.data.sources import asterisk_prompts
from helpers.data.sources.asterisk_prompts import PromptFields
from helpers.pipeline import plan, run, stage_parameters, status

TEXT = """; a comment
hello: Hello, world.
digits/1: One.
letters/dash: dash [-]
beep: [this is a beep]
silence/2: (2 seconds of silence)
doubt: Sorry, [that] is wrong.
unheard: Nobody recorded this.
"""
SOUNDS = ("hello", "digits/1", "letters/dash", "beep", "silence/2", "doubt", "untold")


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Give the packages of one language, as if they had been fetched."""
    wav = encoded(tone(0.5))
    voice = "./usr/share/asterisk/sounds/en_US_f_Allison"
    sounds = {f"{voice}/{name}.wav": wav for name in SOUNDS}
    texts = {"./usr/share/doc/asterisk/core-sounds-en.txt.gz": gzip.compress(TEXT.encode())}
    made = {
        "sounds": package(tmp_path, tarred(sounds), file="sounds_1_all.deb"),
        "texts": package(tmp_path, tarred(texts), file="texts_1_all.deb"),
    }
    monkeypatch.setattr(apt, "fetch", lambda pinned: made[pinned.name])
    return [Package(name=name, version="1", sha256="0" * 64, size_mb=1) for name in made]


def test_prompts_have_their_words_and_what_is_no_speech_is_set_aside(packages):
    items = asterisk_prompts.load(packages, PromptFields())
    frame = items.frame.set_index("id")
    assert frame.loc["en/hello", ["label", "reference", "language", "speaker"]].tolist() == [
        "phrases",
        "Hello, world.",
        "en-US",
        "Allison",
    ]
    assert frame.loc["en/digits/1", "label"] == "digits"
    assert frame.loc["en/letters/dash", "reference"] == "dash"
    assert set(frame.index[frame["label"] == NO_SPEECH]) == {"en/beep", "en/silence/2"}
    assert frame.loc["en/beep", "sound"] == "this is a beep"
    assert "en/doubt" not in frame.index and "en/untold" not in frame.index
    assert items.unmatched == ("en/untold",) and items.absent == ("en/unheard",)
    [found] = checks.run(replace(items, task="speech-recognition"), only="D202")
    assert found.detail == "1 transcript without utterance, 1 file without a transcript"
    assert any("1 with words in brackets" in note for note in items.notes)
    assert len(decoding.decode(items.raw(0))) == 8_000


def test_by_language_nothing_without_speech_is_left(packages):
    items = asterisk_prompts.load(packages, PromptFields(label="language"))
    frame = items.frame
    assert "2 without speech are left out" in items.notes
    assert set(frame["label"]) == {"en"} and NO_SPEECH not in set(frame["category"])


def test_packages_without_prompts_get_one_line(packages, tmp_path, monkeypatch):
    empty = package(tmp_path, tarred({"a": b"x"}), file="empty_1_all.deb")
    monkeypatch.setattr(apt, "fetch", lambda pinned: empty)
    with pytest.raises(UserError, match="no prompts inside"):
        asterisk_prompts.load(packages, PromptFields())


STUDY = """# Prompts.
task: speech-recognition
data: {source: prompts-english}
candidates:
  - baseline: empty-transcript
expect: {winner-word-error-rate: [0.0, 0.1]}
"""


@pytest.fixture
def planned(repository, monkeypatch):
    """Give a repository with one study of prompts, and notebooks that cannot reach the index."""
    from factories.repository import REPOSITORY

    (repository / "params" / "spoken.yaml").write_text(STUDY)
    for name in ("1-data", "2-train-speech", "3-evaluate-speech", "4-compare"):
        source = json.loads((REPOSITORY / "notebooks" / f"{name}.ipynb").read_text())
        (repository / "notebooks" / f"{name}.ipynb").write_text(json.dumps(source))

    def refuse(stage_, listener):
        raise Unreachable("prompts 1 (Debian): Debian's index cannot be reached: no route")

    monkeypatch.setattr(run, "_execute", refuse)
    return repository


def test_a_study_out_of_reach_is_skipped_with_the_reason_and_fails_nothing(planned):
    keys = ["1-data", "empty-transcript/2-train", "empty-transcript/3-evaluate", "4-compare"]
    assert all(run.run(f"spoken/{key}") for key in keys)
    found = status.write()
    assert [each.state for each in found] == ["skipped"] * 4
    assert all("index cannot be reached" in str(each.error) for each in found)
    assert status.check(["spoken"]) == []
    from helpers.report.pages import index

    page = index.write().read_text()
    assert "Skipped on this machine." in page and "4 skipped" in page and "no route" in page


def test_once_in_reach_the_next_run_goes_on(planned, monkeypatch):
    run.run("spoken/1-data")
    assert not plan.find("spoken/1-data").fresh

    def work(stage_, listener):
        for path in stage_.outputs:
            files.write_text(path, "{}")
        files.write_text(stage_.executed, "{}")

    monkeypatch.setattr(run, "_execute", work)
    assert run.run("spoken/1-data") and run.run("spoken/empty-transcript/2-train")
    assert files.read_json(paths.build("spoken") / "1-data.stage.json")["state"] == "ok"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("evaluate: {primary: macro-f1}", "unknown metric 'macro-f1'"),
        ("evaluate: {normalisation: wisper}", "evaluate.normalisation"),
        ("evaluate: {noise: {wite: [10]}}", "evaluate.noise: .*'wite'; did you mean 'white'"),
        ("evaluate: {noise: {white: [-200]}}", "white: -200 .*-40"),
        ("evaluate: {noise: {white: [5, .nan]}}", "white.1: must be a finite number, not nan"),
        ("evaluate: {noise: {babble: [.inf]}}", "babble.0: must be a finite number, not inf"),
        ("evaluate: {noise: {band: [0]}}", "band: 0 .*1000"),
        ("evaluate: {noise: {band: [-8000]}}", "band: -8000 .*1000"),
        ("evaluate: {noise: {white: [5, 5.0]}}", "noise.white: duplicate strength"),
        ("evaluate: {slices: [acent]}", "unknown slice 'acent'"),
        ("threads: none", "threads"),
    ],
)
def test_a_wrong_study_of_speech_gets_one_line(repository, change, reason):
    (repository / "params" / "spoken.yaml").write_text(STUDY + change + "\n")
    with pytest.raises(UserError, match=reason) as caught:
        study_file.load("spoken")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        ("zeroshot: whisper-tiny.em", "did you mean 'whisper-tiny.en'"),
        ("zeroshot: efficientnet-lite0", "reads images, not utterances"),
        ("zeroshot: {model: whisper-tiny.en, beam: 0}", "beam"),
        ("probe: whisper-tiny.en", "unknown adaptation 'probe'"),
        ("baseline: majority", "unknown baseline of utterances 'majority'"),
        ("zeroshot: keras:ResNet50", "unknown kind of model 'keras'"),
    ],
)
def test_a_wrong_candidate_of_speech_gets_one_line(repository, candidate, reason):
    text = STUDY.replace("baseline: empty-transcript", candidate)
    (repository / "params" / "spoken.yaml").write_text(text)
    with pytest.raises(UserError, match=reason):
        study_file.load("spoken")


def test_a_recogniser_defaults_to_the_word_error_rate(repository):
    (repository / "params" / "spoken.yaml").write_text(STUDY)
    study = study_file.load("spoken")
    assert study.evaluate.primary == "word-error-rate"
    assert stage_parameters.of(study, "3-evaluate", "empty-transcript")["normalisation"] == "plain"
    heard = stage_parameters.of(study, "2-train", "empty-transcript")
    assert heard["noise"] == {} and heard["noise_utterances"] == 20 and "primary" not in heard
