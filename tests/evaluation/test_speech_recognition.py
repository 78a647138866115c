"""The evaluation of transcripts, on made recordings and made errors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from factories.speech_study import bad, good, speech_study, written

from helpers.comparison.speech_recognition import compare
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.evaluation import speech_findings, speech_recognition, transcripts
from helpers.metrics.confusion_intervals import share


@pytest.fixture
def study(repository):
    return speech_study(repository)


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


def reference(data, silent=False):
    return data.frame.loc[data.frame["split"] == "test", "reference"].tolist()


def test_ids_that_do_not_match_and_an_unknown_normalisation_get_one_line(study):
    written(study, "good", good)
    written(study, "bad", bad)
    table = pd.read_parquet(paths.build("made", "bad") / "predictions.parquet")
    files.write_parquet(paths.build("made", "bad") / "predictions.parquet", table.iloc[2:])
    with pytest.raises(UserError, match="2 of .* test items missing, 0 of"):
        transcripts.read("made", "bad")
    with pytest.raises(UserError, match="unknown normalisation 'plan'; did you mean 'plain'"):
        speech_recognition.evaluate("made", "good", normalisation="plan")


def test_an_invention_at_length_is_told_apart_from_the_rate(study):
    def inventing(text, number):
        return f"{text} {'and so on ' * 60}" if number == 3 else good(text, number)

    ran, usual = written(study, "inventing", inventing), written(study, "good", good)
    assert ran.metrics["runaway-share"].value == pytest.approx(1 / ran.n)
    assert usual.metrics["runaway-share"].value == 0 < usual.metrics["runaway-share"].high
    assert ran.metrics["word-error-rate"].value > usual.metrics["word-error-rate"].value + 0.3
    capped = [each.metrics["capped-word-error-rate"].value for each in (ran, usual)]
    assert capped[0] - capped[1] < 0.05
    [line] = [line for line in speech_findings.of_evaluation(ran) if "more errors than" in line]
    assert line.startswith(f"1 of {ran.n} utterances") and f"{capped[0]:.3f}" in line


def test_what_so_few_utterances_cannot_exclude_is_said_and_not_of_many(study):
    found = written(study, "good", good)
    several = share(np.zeros(300, bool))
    many = replace(found, metrics=found.metrics | {"runaway-share": several})
    said = ["more errors than" in " ".join(speech_findings.of_evaluation(e)) for e in (found, many)]
    assert said == [found.metrics["runaway-share"].high > 0.05, False]


def spoken(voices, sources=False):
    """Let the first half of the test be French, and give each language so many voices."""

    def half(test):
        return np.arange(len(test)) % 2 == 0

    annotated(
        language=lambda test: np.where(half(test), "fr-CA", "en"),
        speaker=lambda test: [
            f"{'fr' if each else 'en'}{n % (2 * voices) // 2}" for n, each in enumerate(half(test))
        ],
        **(
            {"source": lambda test: np.where(np.arange(len(test)) < 8, "a", "b")} if sources else {}
        ),
    )


def test_each_language_has_both_rates_and_says_whose_voices_they_are_of(study):
    spoken(1)
    result = written(study, "good", good)
    table = result.languages.set_index("language")
    assert set(table.index) == {"English", "French (fr-CA)"} and table["n"].sum() == result.n
    assert table["holds_for"].eq("this voice alone").all() and table["voices"].eq(1).all()
    wrong = (table["wer"] * table["n"]).sum() / result.n
    assert wrong == pytest.approx(result.metrics["word-error-rate"].value)
    assert (table["wer_low"] <= table["wer"]).all() and (table["cer"] < table["wer"]).all()
    [told] = [each for each in result.cautions if "voice" in each]
    assert "2 languages 2" in told and "English and French by one voice" in told
    saved = files.read_json(paths.build("made", "good") / "metrics.json")["languages"]
    assert [each["voices"] for each in saved] == [1, 1]
    compared = compare("made", ["good"])
    assert len(compared.languages) == 2 and any(told in each for each in compared.details)


def test_a_language_is_one_however_it_is_spelled(study):
    names = np.array(["en", "EN", "English", "eng", "fr_ca", "fr-CA"])
    annotated(language=lambda test: names[np.arange(len(test)) % 6])
    found = written(study, "good", good)
    assert sorted(found.languages["language"]) == ["English", "French (fr-CA)"]
    assert found.languages["n"].sum() == found.n
    annotated(language=lambda test: names[np.arange(len(test)) % 4])
    assert not len(written(study, "good", good).languages)


def test_with_enough_voices_a_language_resamples_them(study):
    spoken(6)
    result = written(study, "good", good)
    assert result.languages["holds_for"].eq("other voices").all()
    assert not [each for each in result.cautions if "voice" in each]


def test_sources_are_told_apart_and_one_language_needs_no_table(study):
    annotated(language=lambda test: ["en"] * len(test))
    assert not len(written(study, "good", good).languages)
    spoken(1, sources=True)
    found = written(study, "good", good).languages
    assert found.groupby("language")["source"].agg(list).tolist() == [["a", "b"]] * 2
