"""Error rates against jiwer and by hand; their intervals by simulation."""

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from helpers.metrics import words

TEXTS = st.lists(st.text("abc ", max_size=12).map(lambda text: " ".join(text.split())), max_size=8)


def rates(references, hypotheses):
    sums = words.table(references, hypotheses).sum(axis=0)
    return {name: float(metric(sums)) for name, metric in words.METRICS.items()}


def test_edits_by_hand():
    counted = words.edits(
        ["call forwarding", "the cat sat", "one", "", "two"],
        ["call for reading", "cat sat down", "one", "uh huh", ""],
    )
    assert counted.tolist() == [
        [1, 1, 0, 1],
        [2, 0, 1, 1],
        [1, 0, 0, 0],
        [0, 0, 0, 2],
        [0, 0, 1, 0],
    ]
    assert words.edits(["abc"], ["axcd"], "character").tolist() == [[2, 1, 0, 1]]
    assert words.wrong(counted).tolist() == [2, 2, 0, 2, 1]
    assert words.said(counted).tolist() == [2, 3, 1, 0, 1]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_rates_are_those_of_jiwer(pairs):
    references = [" ".join(reference) or "a" for reference, _ in pairs]
    references = [" ".join(each.split()) or "a" for each in references]
    hypotheses = [" ".join(" ".join(hypothesis).split()) or "b" for _, hypothesis in pairs]
    ours, theirs = rates(references, hypotheses), jiwer.process_words(references, hypotheses)
    assert ours["word-error-rate"] == pytest.approx(theirs.wer)
    assert ours["match-error-rate"] == pytest.approx(theirs.mer)
    assert ours["word-information-lost"] == pytest.approx(theirs.wil)
    assert ours["character-error-rate"] == pytest.approx(
        jiwer.process_characters(references, hypotheses).cer
    )


def test_the_empty_transcript_and_the_perfect_one():
    said = ["one two", "three"]
    assert rates(said, ["", ""]) == dict.fromkeys(words.METRICS, 1.0)
    assert rates(said, said) == dict.fromkeys(words.METRICS, 0.0)
    assert rates(["a"], ["a b c"])["word-error-rate"] == 2.0


def test_nothing_said_is_undefined_and_says_so():
    found = words.estimates(words.table(["", ""], ["a", "b"]))["word-error-rate"]
    assert np.isnan(found.value) and "no word" in found.note


@pytest.mark.parametrize(("said", "heard"), [(["a b", "c d"], ["a b", "c d"]), (["a"], ["b"])])
def test_an_interval_without_spread_is_not_made_up(said, heard):
    found = words.estimates(words.table(said, heard))["word-error-rate"]
    assert np.isfinite(found.value) and np.isnan(found.low) and found.method == "none"


def simulated(random, speakers, each, spread):
    """Utterances of 1 to 12 words; each speaker has an error rate of their own around 0.2."""
    rate = np.clip(0.2 + spread * random.normal(size=speakers), 0.02, 0.9).repeat(each)
    length = random.integers(1, 13, speakers * each)
    wrong = random.binomial(length, rate)
    added = random.poisson(0.1, speakers * each)
    counted = np.zeros((len(length), 8), np.int64)
    counted[:, 0], counted[:, 1], counted[:, 3] = length - wrong, wrong, added
    return counted, np.arange(speakers).repeat(each)


@pytest.mark.parametrize(
    ("speakers", "each", "spread"), [(120, 1, 0.0), (40, 10, 0.1)], ids=["utterances", "speakers"]
)
def test_intervals_cover(speakers, each, spread):
    random, tries = np.random.default_rng(4), 400
    many, _ = simulated(np.random.default_rng(5), 200_000, 1, spread)
    truth = float(words.word_error_rate(many.sum(axis=0)))
    hits = blind = 0
    for seed in range(tries):
        counted, speaker = simulated(random, speakers, each, spread)
        found = words.estimates(counted, 400, seed, speaker if spread else None)[words.PRIMARY]
        hits += found.low <= truth <= found.high
        naive = words.estimates(counted, 400, seed)[words.PRIMARY]
        blind += naive.low <= truth <= naive.high
    low = binom.ppf(0.0005, tries, 0.92) / tries  # forty speakers: a little less than nominal
    high = binom.ppf(0.9995, tries, 0.97) / tries
    assert low <= hits / tries <= high, (hits / tries, blind / tries)
    if spread:
        assert blind / tries < 0.8, "utterances of a speaker are not independent"


def test_speakers_are_resampled_when_there_are_enough_of_them():
    counted, speaker = simulated(np.random.default_rng(0), 30, 3, 0.1)
    method = words.estimates(counted, 400, 0, speaker)[words.PRIMARY].method
    assert method == "BCa cluster bootstrap over speakers"
    few = words.estimates(counted, 400, 0, speaker % 3)[words.PRIMARY]
    assert few.method == "BCa bootstrap over utterances"
    some = words.estimates(counted, 400, 0, speaker % 8)[words.PRIMARY]
    assert "only 8 groups" in some.note


def test_the_same_seed_gives_the_same_numbers():
    counted, _ = simulated(np.random.default_rng(0), 50, 1, 0.0)
    assert words.estimates(counted, 300, 7) == words.estimates(counted, 300, 7)
    assert words.estimates(counted, 300, 7) != words.estimates(counted, 300, 8)
