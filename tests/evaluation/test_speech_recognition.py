"""Listening, judging and comparing, on made recordings and a recogniser that errs as it is told."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from factories.speech_study import bad, good, speech_study, written

from helpers.comparison import leaderboard
from helpers.comparison.speech_recognition import compare
from helpers.config.candidates import expand
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data import dataset
from helpers.data.items import Items
from helpers.evaluation import speech_findings, speech_recognition, transcripts
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.models import speech
from helpers.models.speech import Recogniser, RecogniserCard
from helpers.training import noisy_transcription, transcription
from helpers.training.noisy_transcription import NoisePlan
from helpers.training.transcription import TranscriptionRequest


@pytest.fixture
def study(repository):
    return speech_study(repository)


def test_a_baseline_hears_nothing_and_says_the_most_frequent(study):
    empty = transcription.transcribe(
        TranscriptionRequest(study, "empty", "baseline", "empty-transcript", {})
    )
    assert (empty.table["hypothesis"] == "").all() and not len(empty.conditions)
    frame = study.frame.copy()
    train = frame.index[(frame["split"] == "train") & (frame["reference"] != "")]
    frame.loc[train[:3], "reference"] = ["Press one.", "press one", "zero"]
    often = dataset.Dataset("made", frame, study.classes, study.digest, study.items)
    said = transcription.transcribe(
        TranscriptionRequest(often, "frequent", "baseline", "frequent-transcript", {})
    )
    assert set(said.table["hypothesis"]) == {"press one"}
    with pytest.raises(UserError, match="did you mean 'empty-transcript'"):
        transcription.transcribe(
            TranscriptionRequest(study, "x", "baseline", "empty-transcipt", {})
        )


def test_transcripts_made_elsewhere_join_the_comparison(study, repository):
    rows = study.frame.loc[study.frame["split"] != "train", ["id", "reference"]]
    rows = rows.rename(columns={"reference": "hypothesis"})
    rows.iloc[:3, 1] = ["", None, "nothing like it"]
    rows.to_csv(repository / "theirs.csv", index=False)
    [made] = expand([{"predictions": "theirs.csv"}], "study.yaml", "speech-recognition")
    heard = transcription.transcribe(
        TranscriptionRequest(study, made.name, made.adaptation, made.model, made.options)
    )
    transcription.save(heard)
    assert "unknown" in transcription.sentences(heard)[0]
    speech_recognition.save(
        speech_recognition.evaluate("made", "theirs", resampling=Resampling(300, 42))
    )
    written(study, "bad", bad)
    found = leaderboard.compare("made", ["bad", "theirs"], "word-error-rate", 300)
    assert found.winner == "theirs" and np.isnan(found.table["cost"].iloc[0])
    assert "cost is unknown" in " ".join(found.answer)
    rows.iloc[::2].to_csv(repository / "theirs.csv", index=False)
    with pytest.raises(UserError, match=r"theirs.csv: ids do not match .* test items missing"):
        transcription.transcribe(
            TranscriptionRequest(study, "theirs", "predictions", made.model, {})
        )
    rows.rename(columns={"hypothesis": "hypotesis"}).to_csv(repository / "theirs.csv", index=False)
    with pytest.raises(UserError, match="unknown column 'hypothesis'.*did you mean 'hypotesis'"):
        transcription.transcribe(
            TranscriptionRequest(study, "theirs", "predictions", made.model, {})
        )


@pytest.fixture
def loud(monkeypatch):
    """Put a recogniser in place that writes how loud it was: the same sound, the same text."""

    def describe(name, beam=1):
        def hear(samples, language):
            return f"{language} {len(samples)} {1000 * float(np.abs(samples).mean()):.0f}"

        return RecogniserCard(
            name, "none", "samples", {}, lambda threads: Recogniser(name, hear, "made", 7)
        )

    monkeypatch.setattr(speech, "describe", describe)


def test_every_candidate_hears_the_same_noise_and_two_runs_give_the_same_bytes(study, loud):
    plan = NoisePlan({"white": [10.0, 0.0], "babble": [5.0], "band": [8000.0]}, 5, 3)
    one = transcription.transcribe(
        TranscriptionRequest(study, "one", "zeroshot", "loud", {"beam": 1}), plan
    )
    two = transcription.transcribe(
        TranscriptionRequest(study, "two", "zeroshot", "loud", {"beam": 5}), plan
    )
    assert one.conditions.equals(two.conditions) and len(one.conditions) == 20
    for heard in (one, two):
        transcription.save(heard)
    for name in ("predictions.parquet", "conditions.parquet"):
        made = [(paths.build("made", each) / name).read_bytes() for each in ("one", "two")]
        assert made[0] == made[1]
    same = one.conditions["id"].iloc[0]
    assert one.conditions.loc[one.conditions["id"] == same, "hypothesis"].nunique() >= 3
    assert one.table["hypothesis"].str.contains("16000").all()
    assert {"latency_p50_ms", "latency_p95_ms", "real_time_factor"} <= one.cost.facts().keys()
    noise = speech_recognition.evaluate("made", "one", resampling=Resampling(100, 42)).robustness
    assert len(noise) == 5 and set(noise["n"]) == {5}
    assert noise["method"].str.contains("cluster|Wilson at . groups|none").all()
    with pytest.raises(UserError, match="unknown noise 'wite'; did you mean 'white'"):
        transcription.transcribe(
            TranscriptionRequest(study, "one", "zeroshot", "loud", {}), NoisePlan({"wite": [1.0]})
        )


def test_a_long_recording_is_heard_to_its_end_with_noise_too():
    long = np.random.default_rng(0).normal(0, 0.1, 310 * 16_000).astype(np.float32)
    frame = pd.DataFrame({"id": ["long"], "label": "speech", "reference": "all of it"})
    frame = frame.assign(path="long", split="test")
    items = Items("made", frame, lambda index: long, "", task="speech-recognition")
    data = dataset.Dataset("made", frame, ("speech",), "", items)
    counting = Recogniser("made", lambda samples, language: str(len(samples)), "made")
    plan = NoisePlan({"white": [20.0], "band": [8000.0]}, 1, 0)
    heard = noisy_transcription.transcribe(counting, data, np.array([0]), plan)
    for text in heard["hypothesis"]:
        assert sum(map(int, text.split())) == len(long)


def test_an_evaluation_counts_words_made_up_and_missed(study):
    result = written(study, "good", good)
    wrong = [good(text, n) != text for n, text in enumerate(reference(study, silent=True))]
    spoken = np.array([text != "" for text in reference(study, silent=True)])
    expected = np.sum(np.array(wrong) & spoken) / (3 * spoken.sum())
    assert result.metrics["word-error-rate"].value == pytest.approx(expected)
    assert result.metrics["hallucination-rate"].value == 0
    right = len(spoken[spoken]) - np.sum(np.array(wrong) & spoken)
    headline = speech_findings.of_evaluation(result)[0]
    assert f"{right} of {spoken.sum()} utterances" in headline
    assert result.edits.set_index("words")["count"]["substitutions"] == np.sum(
        np.array(wrong) & spoken
    )
    assert "9 speakers" in result.resampled and result.speakers == 9
    rates = result.normalisations.set_index("normalisation")["word-error-rate"]
    assert rates["raw"] == pytest.approx(rates["plain"])
    bad_one = written(study, "bad", bad)
    assert bad_one.metrics["hallucination-rate"].value == 1
    assert bad_one.metrics["faultless-share"].value == 0
    silent = len(bad_one.imagined)
    assert any(
        f"{silent} of {silent} recordings without speech" in each
        for each in speech_findings.of_evaluation(bad_one)
    )
    saved = files.read_json(paths.build("made", "bad") / "metrics.json")
    assert saved["metrics"]["word-error-rate"]["value"] == pytest.approx(1 / 3)


def annotated(**columns):
    """Change columns of the study's test side."""
    file = paths.build("made") / "splits.parquet"
    splits = pd.read_parquet(file)
    test = splits["split"] == "test"
    for name, values in columns.items():
        splits[name] = pd.Series(values(splits[test]), splits.index[test], object)
    files.write_parquet(file, splits)


def test_unknown_speakers_are_no_crowd(study):
    annotated(speaker=lambda test: ["one", *[None] * (len(test) - 1)])
    result = written(study, "good", good)
    assert result.speakers == 1 and "only 1 speaker" in result.resampled
    assert transcripts.read("made", "good").groups is None


def test_one_unknown_speaker_does_not_hide_the_others(study):
    annotated(speaker=lambda test: test["speaker"].where(np.arange(len(test)) != 1))
    result = written(study, "good", good)
    assert result.speakers == 9
    assert "9 speakers" in result.resampled
    assert "1 utterances of unknown speakers" in result.resampled
    assert "cluster" in result.metrics["word-error-rate"].method
    assert "cluster" in result.metrics["faultless-share"].method


def test_groups_are_resampled_before_speakers_and_speakers_by_another_name_are_speakers(study):
    annotated(group=lambda test: np.arange(len(test)) // 4)
    found = written(study, "good", good)
    groups = len(set(transcripts.read("made", "good").groups))
    assert f"{groups} groups" in found.resampled and groups != 9
    assert compare("made", ["good"], resamples=100).groups == groups
    annotated(group=lambda test: test["speaker"])
    assert "9 speakers" in written(study, "good", good).resampled
    annotated(group=lambda test: "one")
    assert "only 1 group" in written(study, "good", good).resampled


def test_who_writes_nothing_gets_no_sentence_made_of_nothing(study):
    result = written(study, "empty-transcript", lambda text, number: "", "baseline")
    sentences = speech_findings.of_evaluation(result)
    assert "word error rate 1.000" in sentences[0] and " 0 of " in sentences[0]
    assert sum("deletions" in each for each in sentences) == 1
    assert not any("Slices" in each or "condition" in each for each in sentences)
    alike = pd.DataFrame({"condition": ["as recorded", "loud"], "n": 8, "value": [1.0, 1.0]})
    worse = dataclasses.replace(result, robustness=alike.assign(value=[0.1, 0.5]))
    assert speech_findings._noise(dataclasses.replace(result, robustness=alike)) == ""
    hardest = speech_findings._noise(worse)
    assert all(fact in hardest for fact in ("loud", "0.500", "0.100", "8 utterances"))
    better = dataclasses.replace(result, robustness=alike.assign(value=[0.5, 0.1]))
    sentence = speech_findings._noise(better)
    assert "8 utterances" in sentence and "loud" not in sentence


def reference(data, silent=False):
    return data.frame.loc[data.frame["split"] == "test", "reference"].tolist()


def test_ids_that_do_not_match_and_an_unknown_normalisation_get_one_line(study):
    written(study, "good", good)
    written(study, "bad", bad)
    table = pd.read_parquet(paths.build("made", "bad") / "predictions.parquet")
    files.write_parquet(paths.build("made", "bad") / "predictions.parquet", table.iloc[2:])
    with pytest.raises(UserError, match="2 missing, 0 not in it"):
        transcripts.read("made", "bad")
    with pytest.raises(UserError, match="unknown normalisation 'plan'; did you mean 'plain'"):
        speech_recognition.evaluate("made", "good", normalisation="plan")


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
