"""Transcripts of a study's test utterances: baselines, files of others, and noise."""

import numpy as np
import pytest
from factories.speech_study import bad, speech_study, written

from helpers.comparison import leaderboard
from helpers.config.candidates import expand
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import dataset
from helpers.evaluation import speech_findings, speech_recognition
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.models import speech
from helpers.models.speech import Recogniser, RecogniserCard
from helpers.training import transcription
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


def test_what_speaks_against_transcripts_made_elsewhere_reaches_the_answer(study, repository):
    rows = study.frame.loc[study.frame["split"] == "test", ["id", "reference"]]
    rows = rows.assign(hypothesis=rows["reference"])

    def heard(table):
        table.to_csv(repository / "theirs.csv", index=False)
        model = "predictions:theirs.csv"
        return transcription.transcribe(
            TranscriptionRequest(study, "theirs", "predictions", model, {})
        )

    equal, drawn = "to the letter", "may have been trained"
    said = " ".join(heard(rows).doubts)
    assert equal in said and drawn in said and "contradicts" not in said
    cut = rows.assign(hypothesis=["", *rows["hypothesis"][1:]], split="test")
    cut = cut.assign(reference=["Another", *rows["reference"][1:].str.upper()])
    found = heard(cut)
    said = " ".join(found.doubts)
    assert "1 of " in said and "empty" in said and equal not in said and drawn not in said
    assert "contradicts" in said and "in 1 of" in said
    transcription.save(found)
    result = speech_recognition.evaluate("made", "theirs", resampling=Resampling(300, 42))
    speech_recognition.save(result)
    written(study, "bad", bad)
    answer = leaderboard.compare("made", ["bad", "theirs"], "word-error-rate", 300)
    for warning in found.doubts:
        assert any(each.endswith(f"theirs: {warning}") for each in answer.answer[1:])
        assert warning in speech_findings.of_evaluation(result)
    assert list(paths.build("made").glob("theirs/training.json"))
    with pytest.raises(UserError, match="other items"):
        heard(rows.assign(reference=[*rows["reference"][1:], "x"]))
    with pytest.raises(UserError, match="unknown column .hypothesis. .*transcript.*rename"):
        heard(rows.rename(columns={"hypothesis": "transcript"}))


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


def test_a_language_that_a_recogniser_has_to_guess_is_doubted(study, monkeypatch):
    study.frame["language"] = np.where(np.arange(len(study.frame)) % 2, "en", "ga")

    def heard(knows):
        made = Recogniser("made", lambda samples, language: "", "made", 7, knows=knows)
        card = RecogniserCard("made", "none", "samples", {}, lambda threads: made)
        monkeypatch.setattr(speech, "describe", lambda name, beam=1: card)
        request = TranscriptionRequest(study, "one", "zeroshot", "made", {"beam": 1})
        return transcription.transcribe(request)

    assert heard(lambda language: True).doubts == []
    found = heard(lambda language: language != "ga")
    [doubt] = found.doubts
    test = study.frame.loc[study.frame["split"] == "test", "language"]
    assert " ga:" in doubt and f" {(test == 'ga').sum()} test utterance" in doubt
