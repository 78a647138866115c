"""Surveys and checks of recordings: each fires on what it is for, and is silent on the rest."""

import numpy as np
import pandas as pd
import pytest
from factories.speech import encoded, made_recordings, tone

from helpers.core.errors import UserError
from helpers.data import checks, preparation, sources, summary
from helpers.data.checks import transcripts
from helpers.data.items import NO_SPEECH, Items
from helpers.metrics.statistics import bootstrap

GOOD = [encoded(tone(1.0, 300 + 60 * number)) for number in range(6)]


def items_of(raws, task="audio-classification", **columns):
    frame = pd.DataFrame(
        {
            "id": [f"r{number}" for number in range(len(raws))],
            "label": [("a", "b")[number % 2] for number in range(len(raws))],
            "path": [f"r{number}.wav" for number in range(len(raws))],
            **columns,
        }
    )
    return Items("made", frame, raws.__getitem__, "digest", task=task)


def counts(items, split=None, only="D"):
    return {each.code: each.count for each in checks.run(items, split, only=only) if each.count}


def test_good_recordings_pass_every_check():
    assert counts(items_of(GOOD)) == {}


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("D121", GOOD[0][:-4_000]),
        ("D121", b"just words"),
        ("D122", encoded(np.array([0.1, np.nan] * 4_000), subtype="FLOAT")),
        ("D123", encoded(tone(1.0, 777, 16_000), 16_000)),
        ("D124", encoded(tone(1.0, 777), form="FLAC")),
        ("D124", encoded(np.repeat(tone(1.0, 777)[:, None], 8, axis=1))),
        ("D125", encoded(np.zeros(8_000))),
        ("D126", encoded(np.clip(20 * tone(1.0, 777), -1, 1))),
        ("D127", encoded(tone(0.2, 777))),
    ],
)
def test_each_check_of_sounds_fires_alone(code, raw):
    assert counts(items_of([*GOOD, raw]), only="D1") == {code: 1}


def test_japanese_is_written_in_one_script_of_three_kinds_of_letters():
    written = ["今日は", "東京", "ラーメン", "すし", "一番", "ありがとう"]
    assert "D133" not in counts(speech(reference=written, language="ja"))


def test_silence_that_is_said_to_be_none_is_no_fault():
    assert "D125" not in counts(items_of([*GOOD, encoded(np.zeros(8_000))], label=NO_SPEECH))


def test_an_exact_copy_and_one_encoded_again_are_families():
    raws = [*GOOD, GOOD[0], encoded(0.5 * tone(1.0, 360), form="OGG", subtype="OPUS")]
    survey = checks.survey(items_of(raws))
    assert survey.exact[0] == survey.exact[6] and len(set(survey.exact)) == 7
    assert survey.near[1] == survey.near[7] and len(set(survey.near)) == 6


def test_voices_on_several_splits_and_classes_of_one_voice_are_found():
    items = items_of(GOOD, speaker=["x", "y", "x", "y", "x", "y"])
    split = items.frame.assign(split=["train", "train", "validation", "validation", "test", "test"])
    found = counts(items, split, only="D4")
    assert found["D406"] == 6 and found["D407"] == 2
    two = items.frame.assign(split=split["split"], label=list("abcabc"), speaker=list("xxyxxy"))
    assert counts(items, two, only="D4")["D407"] == 1  # x speaks a and b: the voice is no help
    assert "D407" not in counts(items, two.assign(speaker="x"), only="D4")
    several = items.frame.assign(split=split["split"], speaker=list("uuvvww"))
    assert not {"D406", "D407"} & counts(items, several, only="D4").keys()


SPOKEN = ["one two", "three four", "five six", "seven eight", "nine ten", "a b"]


def speech(**columns):
    default = {"reference": SPOKEN, "label": "speech", "language": "en"}
    return items_of(GOOD, "speech-recognition", **default | columns)


@pytest.mark.parametrize(
    ("code", "columns", "count"),
    [
        ("D131", {"reference": ["", *SPOKEN[1:]]}, 1),
        ("D132", {"reference": ["far too many words for one second " * 3, *SPOKEN[1:]]}, 1),
        ("D132", {"reference": ["x", *SPOKEN[1:]]}, 1),
        ("D133", {"reference": ["один два", *SPOKEN[1:]]}, 1),
        ("D134", {"reference": ["", *SPOKEN[1:]], "label": [NO_SPEECH, *["speech"] * 5]}, 1),
        ("D304", {"reference": ["Three, four!", *SPOKEN[1:]]}, 2),
    ],
)
def test_each_check_of_transcripts_fires_alone(code, columns, count):
    found = {each: n for each, n in counts(speech(**columns)).items() if each != "D409"}
    assert found == {code: count}


@pytest.mark.parametrize(
    ("first", "second", "label", "count"),
    [
        ("One two.", "three four", "speech", 2),
        ("One two.", "one, two", "speech", 0),
        ("one two", "", "speech", 0),
        ("one two", "", NO_SPEECH, 2),
    ],
)
def test_copies_whose_transcripts_differ_are_in_conflict(first, second, label, count):
    said = [first, *SPOKEN[1:5], second]
    items = items_of(
        [*GOOD[:5], GOOD[0]], "speech-recognition", reference=said, label=["speech"] * 5 + [label]
    )
    assert counts(items, only="D303").get("D303", 0) == count


def test_words_said_twice_are_listed_without_those_that_nobody_said():
    labels = ["speech"] * 4 + [NO_SPEECH] * 2
    items = speech(reference=["one", "One.", "two", "three", "", ""], label=labels)
    [found] = checks.run(items, only="D304")
    assert found.detail == "one (2)"


def test_the_same_words_on_two_splits_are_found():
    items = speech(reference=["one two", "One two.", *SPOKEN[2:]])
    split = items.frame.assign(split=["train", "test"] * 3)
    assert counts(items, split, only="D4")["D408"] == 2


def test_classes_are_not_checked_where_there_are_none():
    assert not {"D204", "D205", "D404", "D405"} & set(
        checks.__dict__["codes"]("speech-recognition")
    )
    assert {"D121", "D131"} <= set(checks.codes("speech-recognition"))
    assert "D131" not in checks.codes("audio-classification")


def test_a_manifest_becomes_utterances_on_splits(repository):
    made_recordings(repository / "clips")
    source = {"table": {"file": "clips/manifest.csv", "transcript": "transcript"}}
    prepared = preparation.prepare(source, {"test": 0.5}, "speech-recognition")
    frame = prepared.frame
    assert (
        set(frame["label"]) == {"numbers", NO_SPEECH} and (frame["label"] == NO_SPEECH).sum() == 4
    )
    assert (frame.loc[frame["label"] == NO_SPEECH, "reference"] == "").all()
    assert {"language", "speaker", "reference", "sound"} <= set(frame.columns)
    assert frame["reference"].str.startswith("Number").sum() == 20


def test_a_column_named_reference_makes_no_transcripts_of_classes(repository):
    made_recordings(repository / "clips", 12)
    rows = pd.read_csv(repository / "clips" / "manifest.csv")
    rows = rows.assign(label=["a", "b"] * 6, reference=["", "words"] * 6)
    rows.loc[11, "label"] = None
    rows.to_csv(repository / "clips" / "manifest.csv", index=False)
    source = {"table": {"file": "clips/manifest.csv"}}
    prepared = preparation.prepare(source, {"test": 0.5}, "audio-classification")
    assert prepared.dropped["reason"].tolist() == ["no label"] and len(prepared.frame) == 11
    rows.assign(label="a").to_csv(repository / "clips" / "manifest.csv", index=False)
    with pytest.raises(UserError, match="two classes with usable recordings are needed"):
        preparation.prepare(source, {"test": 0.5}, "audio-classification")


def test_speakers_on_two_splits_are_counted_and_said_to_be_allowed(repository):
    made_recordings(repository / "clips", speakers=3)
    source = {"table": {"file": "clips/manifest.csv"}}
    prepared = preparation.prepare(source, {"test": 0.5}, "speech-recognition")
    table = summary.split_leakage_table(prepared).set_index("what")[summary.CROSSING]
    assert table[summary.SPEAKERS] == 3 and table.sum() == 3
    assert "3 speakers" in " ".join(summary.sentences(prepared))
    prepared.frame["group"] = prepared.frame["speaker"]
    assert {"groups", "speakers"} <= set(summary.split_leakage_table(prepared)["what"])
    assert "6 families or groups" in " ".join(summary.sentences(prepared))


def test_a_limit_takes_what_has_no_speech_beside_it(repository):
    made_recordings(repository / "clips", 60)
    items = sources.load({"table": {"file": "clips/manifest.csv"}}, "speech-recognition", None)
    items = Items(**{**vars(items), "set_aside": (NO_SPEECH,)})
    taken = items.subsample(20, 0).frame["label"].value_counts()
    assert taken["numbers"] == 20 and taken[NO_SPEECH] == 5


def manifest(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "clip.wav").write_bytes(GOOD[0])
    (folder / "manifest.csv").write_text(text)
    return {"table": {"file": f"{folder.name}/manifest.csv"}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "path,transcrpt\nclip.wav,hello\n",
            "unknown column 'transcript'.*did you mean 'transcrpt'",
        ),
        ("file,transcript\nclip.wav,hello\n", "unknown column 'path'"),
        ("path,transcript\n../clip.wav,hello\n", "leaves the table's folder"),
        ("path,transcript\n/etc/passwd,hello\n", "leaves the table's folder"),
        ("path,transcript\nclip.wav,\n", "no utterance with a transcript"),
        ("path,transcript\nclip.wav,[a beep]\n", "no utterance with a transcript"),
        ("path,transcript\nabsent.wav,hello\n", "no utterance with a transcript"),
    ],
)
def test_a_wrong_manifest_gets_one_line(repository, text, reason):
    source = manifest(repository / "clips", text)
    with pytest.raises(UserError, match=reason) as caught:
        preparation.prepare(source, {}, "speech-recognition")
    assert "\n" not in str(caught.value)


def test_few_speakers_are_those_whose_utterances_are_resampled():
    assert transcripts.FEW_SPEAKERS == bootstrap.ENOUGH_GROUPS
