"""What stands against error rates is said of the data that it holds for, and of no other."""

import pandas as pd
import pytest
from factories.records import training_record

from helpers.comparison.speech_recognition import compare
from helpers.core import files, paths
from helpers.evaluation import speech_findings, speech_recognition
from helpers.metrics.statistics.bootstrap import Resampling

JAPANESE = ["今日は晴れです", "明日は雨でしょう", "駅はどこですか"]
ENGLISH = ["The weather is fine today.", "It will rain on the 3rd.", "Where is the station?"]


def study(references, language=None, normalisation="plain", primary=None, **candidates):
    """Write transcripts of references, evaluate and compare them."""
    items = pd.DataFrame({"id": [f"u{number}" for number in range(len(references))]})
    items = items.assign(split="test", label="speech", reference=references, path=items["id"])
    items = items if language is None else items.assign(language=language)
    files.write_parquet(paths.build("s") / "splits.parquet", items)
    results = {}
    for name, heard in candidates.items():
        table = items[["id", "split"]].assign(hypothesis=[heard(text) for text in references])
        files.write_parquet(paths.build("s", name) / "predictions.parquet", table)
        training_record("s", name, adaptation="zeroshot").write("s", name)
        settings = (primary, normalisation, (), Resampling(200, 1))
        results[name] = speech_recognition.evaluate("s", name, *settings)
        speech_recognition.save(results[name])
    return results, compare("s", list(candidates), primary, resamples=200)


def same(text):
    return text


def shortened(text):
    return text[:-2]


def test_characters_rank_where_words_are_not_parted(repository):
    results, board = study(JAPANESE * 8, "ja", empty=lambda text: "", heard=shortened)
    assert board.primary == "character-error-rate" and board.winner == "heard"
    assert "24 of 24 references have no spaces" in board.text
    heard = results["heard"]
    assert heard.unit == "character" and heard.edits.columns[0] == "characters"
    assert 0 < heard.rates.max() < 1 and heard.worst["errors"].max() == 2
    assert list(heard.normalisations.columns[:3]) == [
        "normalisation",
        "character-error-rate",
        "low",
    ]
    said = " ".join(speech_findings.of_evaluation(heard))
    assert "character errors are deletions" in said and "word error" not in said.split("blanks")[0]


@pytest.mark.parametrize(
    ("references", "primary", "ranks", "told"),
    [
        (JAPANESE * 8, "word-error-rate", "word-error-rate", True),
        (JAPANESE * 8, "character-error-rate", "character-error-rate", False),
        (JAPANESE * 2 + ENGLISH * 6, None, "word-error-rate", True),
        (JAPANESE * 6 + ENGLISH * 2, None, "character-error-rate", True),
        (ENGLISH * 8, None, "word-error-rate", False),
        (["안녕하세요 여러분 반갑습니다"] * 24, None, "word-error-rate", False),
        (["नमस्ते दुनिया आज"] * 24, None, "word-error-rate", False),
        (["ສະບາຍດີ"] * 24, None, "character-error-rate", True),
        (["မင်္ဂလာပါ"] * 24, None, "character-error-rate", True),
        (["สวัสดี ครับ"] * 24, None, "character-error-rate", True),
    ],
)
def test_a_choice_stays_and_a_mixture_goes_by_the_most(
    repository, references, primary, ranks, told
):
    _, board = study(references, "x", primary=primary, one=same, two=shortened)
    assert board.primary == ranks
    assert ("no spaces" in board.text) == told


def test_blanks_are_no_characters_where_they_part_no_words(repository):
    results, _ = study(
        ["今日 は 晴れ です", "iPhone を 買う"] * 8, "ja", one=lambda t: t.replace(" ", "")
    )
    assert results["one"].metrics["character-error-rate"].value == 0


WRITTEN = ["I won't pay twenty five dollars to the man who is here", "it is not the colour of that"]


def test_english_that_is_not_named_is_found_out_for_whispers_rules(repository):
    heard = {"one": lambda text: text.replace("twenty five", "25").replace("colour", "color")}
    named, _ = study(WRITTEN * 8, "en", "whisper", **heard)
    found, board = study(WRITTEN * 8, None, "whisper", **heard)
    rate = [each["one"].metrics["word-error-rate"].value for each in (named, found)]
    assert rate[0] == rate[1] < 0.05 and "language" not in board.text


def test_a_language_that_is_unknown_is_told_for_whispers_rules_alone(repository):
    _, board = study(["seven", "three"] * 8, None, "whisper", one=same, two=shortened)
    assert "language of 16 of 16 references is not known" in board.text
    _, board = study(["seven", "three"] * 8, None, "plain", one=same, two=shortened)
    assert "language" not in board.text
    _, board = study(["नमस्ते दुनिया"] * 16, "hi", "whisper", one=same, two=shortened)
    assert "vowel signs of 16 of 16" in board.text


def test_a_winner_of_one_normalisation_alone_is_said_to_be(repository):
    def small(text):
        return text.lower().rstrip(".?") if "rain" in text else shortened(text).lower()

    _, board = study(ENGLISH * 8, "en", "raw", small=small, cut=shortened)
    other = board.text.split("depends on the normalisation: ")
    assert (
        board.winner == "cut" and len(other) == 2 and "plain normalisation puts small" in other[1]
    )
    _, board = study(ENGLISH * 8, "en", "plain", small=same, cut=shortened)
    assert "depends on" not in board.text


def test_other_scripts_and_repetitions_are_said_of_who_wrote_them(repository):
    loop = "thank you " * 40
    _, board = study(
        ENGLISH * 8, "en", good=same, loop=lambda text: loop, other=lambda _: "спасибо"
    )
    assert "24 of 24 transcripts by loop repeat a phrase" in board.text
    assert "24 of 24 transcripts by other are in another script" in board.text
    assert "by good" not in board.text
    _, board = study(["no no no no no"] * 12, "en", good=same)
    assert "repeat a phrase" not in board.text
    _, board = study(["ラーメン を たべた"] * 12, "ja", good=lambda text: "拉麺を食べた")
    assert "another script" not in board.text


def test_references_that_a_normalisation_empties_are_counted(repository):
    _, board = study(["(hello there)", "um"] + ENGLISH * 4, "en", "whisper", one=same)
    assert "2 of 14 references have no words once normalised" in board.text


def test_a_handful_of_items_is_no_answer(repository):
    _, board = study(ENGLISH[:2], "en", one=same, two=shortened)
    assert "2 test items cannot show" in board.text
    _, board = study(ENGLISH * 4, "en", one=same, two=shortened)
    assert "cannot show" not in board.text


@pytest.mark.parametrize(("spoken", "told"), [("de", True), ("en-US", False), ("English", False)])
def test_a_recogniser_of_another_language_is_named(repository, spoken, told):
    """With the utterances in other languages; one without a language of its own is not named."""
    study(ENGLISH * 8, spoken, one=same, other=shortened)
    facts = {"adaptation": "zeroshot", "backbone": {"language": "English"}}
    training_record("s", "one", **facts).write("s", "one")
    board = compare("s", ["one", "other"], None, resamples=200)
    assert ("24 of 24 transcripts by one, a model trained on English" in board.text) == told
    assert "by other, a model" not in board.text
