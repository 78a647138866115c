"""Error rates against jiwer and by hand; their intervals by simulation."""

import jiwer
import numpy as np
import pytest
from factories.trials import covers, holds, within
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.metrics import registry, word_error_rate
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import wilson
from helpers.metrics.word_error_intervals import estimates
from helpers.metrics.word_error_rate import table

TEXTS = st.lists(st.text("abc ", max_size=12).map(lambda text: " ".join(text.split())), max_size=8)


def rates(references, hypotheses):
    sums = table(references, hypotheses).sum(axis=0)
    return {name: float(metric(sums)) for name, metric in registry.functions("edits").items()}


def test_edits_by_hand():
    counted = word_error_rate.edits(
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
    assert word_error_rate.edits(["abc"], ["axcd"], "character").tolist() == [[2, 1, 0, 1]]
    assert word_error_rate.word_errors(counted).tolist() == [2, 2, 0, 2, 1]
    assert word_error_rate.reference_words(counted).tolist() == [2, 3, 1, 0, 1]


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
    assert rates(said, ["", ""]) == dict.fromkeys(registry.functions("edits"), 1.0)
    assert rates(said, said) == dict.fromkeys(registry.functions("edits"), 0.0)
    assert rates(["a"], ["a b c"])["word-error-rate"] == 2.0


def test_nothing_said_is_undefined_and_says_so():
    found = estimates(table(["", ""], ["a", "b"]))["word-error-rate"]
    assert np.isnan(found.value) and found.note == "nothing to divide by"


def test_an_interval_that_nothing_speaks_for_is_not_made_up():
    """Two utterances are too few, and a rate above 1 that all share has no limit."""
    few = estimates(table(["a b", "c d"], ["a b", "c e"]))["word-error-rate"]
    assert few.value == 0.25 and np.isnan(few.low) and few.note.startswith("only 2 items")
    above = estimates(table(["a"] * 5, ["b c"] * 5))["word-error-rate"]
    assert above.value == 2 and np.isnan(above.high) and "same in all 5 items" in above.note


def test_no_error_seen_has_the_limit_of_so_many_utterances():
    said = ["one two", "three", "four five six"] * 4
    perfect = estimates(table(said, said))["word-error-rate"]
    assert (perfect.value, perfect.low) == (0, 0) and perfect.high == wilson(0, 12).high
    silent = estimates(table(said, [""] * 12))["word-error-rate"]
    assert (silent.value, silent.high) == (1, 1) and silent.low == wilson(12, 12).low
    spoken = estimates(table(said, said), Resampling(groups=np.arange(12) // 3))
    assert spoken["word-error-rate"].high == wilson(0, 4).high


def simulated(random, speakers, each, rate, alike):
    """Utterances of 1 to 12 words; speakers' rates are spread with this intraclass correlation."""
    scale = 1 / alike - 1
    own = random.beta(rate * scale, (1 - rate) * scale, speakers).repeat(each)
    length = random.integers(1, 13, speakers * each)
    counted = np.zeros((len(length), 8), np.int64)
    counted[:, word_error_rate.SUBSTITUTIONS] = random.binomial(length, own)
    counted[:, word_error_rate.HITS] = length - counted[:, word_error_rate.SUBSTITUTIONS]
    return counted, np.arange(speakers).repeat(each) if each > 1 else None


@pytest.mark.parametrize(
    ("speakers", "each", "rate", "alike"),
    [(6, 10, 0.2, 0.03), (8, 10, 0.2, 0.03), (24, 1, 0.5, 0.2), (12, 1, 0.02, 0.2)],
    ids=["six speakers", "eight speakers", "24 utterances", "hardly an error"],
)
def test_intervals_cover(speakers, each, rate, alike):
    random, tries, hits = np.random.default_rng(4), 600, 0
    for seed in range(tries):
        counted, groups = simulated(random, speakers, each, rate, alike)
        found = estimates(counted, Resampling(300, seed, groups))[word_error_rate.PRIMARY]
        hits += found.low <= rate <= found.high
    print(hits / tries)
    # where most samples have no error, what covers those covers nearly all
    assert covers(hits, tries) or (rate < 0.05 and hits >= within(tries, 0.95)[0])


def test_an_utterance_counts_for_no_more_errors_than_it_has_words():
    counted = word_error_rate.table(
        ["yes", "one two three", ""], ["no no no no no", "one too three", "x"]
    )
    rates = estimates(counted)
    assert rates[word_error_rate.PRIMARY].value == pytest.approx(7 / 4)
    assert rates["capped-word-error-rate"].value == pytest.approx(2 / 4)
    assert rates["capped-character-error-rate"].value <= 1
    assert (word_error_rate.with_capped(counted) == counted).all()


@pytest.mark.parametrize("rare", [0.005, 0.02])
@pytest.mark.parametrize(("items", "speakers"), [(20, 0), (100, 0), (60, 6)])
def test_the_capped_rate_holds_where_some_utterances_are_invented(items, speakers, rare):
    random, tries, hits, plain = np.random.default_rng(7), 200, 0, 0
    truth = 0.125 * (1 - rare) + rare
    for seed in range(tries):
        code = np.arange(items) % (speakers or items)
        own = random.beta(2, 14, speakers)[code] if speakers else 0.125
        length = random.integers(3, 21, items)
        wrong = random.binomial(length, own) + 200 * (random.random(items) < rare)
        missed = np.minimum(wrong, length)
        row = np.column_stack([length - missed, missed, 0 * length, wrong - missed])
        drawn = Resampling(200, seed, code if speakers else None)
        found = estimates(np.hstack([row, row]), drawn)
        capped, usual = found["capped-word-error-rate"], found[word_error_rate.PRIMARY]
        hits += capped.low <= truth <= capped.high
        plain += usual.low <= 0.125 + rare * 200 / 11.5 <= usual.high
    print(items, rare, hits / tries, plain / tries)
    assert holds(hits, tries) and plain < hits


def test_limits_stay_where_rates_can_be():
    random = np.random.default_rng(5)
    for _ in range(50):
        counted, _ = simulated(random, 4, 1, 0.8, 0.3)
        for name, found in estimates(counted, Resampling(100)).items():
            assert np.isnan(found.low) or 0 <= found.low <= found.value <= found.high
            assert not found.high > registry.METRICS[name].highest


def test_speakers_are_resampled_when_there_are_enough_of_them():
    counted, speaker = simulated(np.random.default_rng(0), 30, 3, 0.2, 0.1)
    some = estimates(counted, Resampling(400, 0, speaker % 8))[word_error_rate.PRIMARY]
    assert some.method == "BCa cluster bootstrap over groups" and "only 8 groups" in some.note
    assert (
        estimates(counted, Resampling(400))[word_error_rate.PRIMARY].method
        == "BCa bootstrap over items"
    )


def test_the_same_seed_gives_the_same_numbers():
    counted, _ = simulated(np.random.default_rng(0), 50, 1, 0.2, 0.1)
    first, again, other = (str(estimates(counted, Resampling(300, seed))) for seed in (7, 7, 8))
    assert first == again != other  # as text: a NaN equals no other NaN
