"""Recognisers compared on the same utterances: paired tests of error rates, ties."""

from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from helpers.comparison import board as boards
from helpers.comparison import result, study_records
from helpers.core.errors import UserError
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.data import copies
from helpers.data.speech.normalisation import NORMALISATIONS
from helpers.evaluation import speech_cautions, transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.paired_tests import Difference, Pair, corrected, pair_from_samples
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling
from helpers.metrics.statistics.permutation import swap_test


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
) -> result.Comparison:
    """Compare candidates by their transcripts of the same utterances.

    Pairs take the bootstrap over utterances, or speakers where there are enough, drawn alike for
    both; where few of them differ, the exact test that swaps the two candidates' answers.
    ``accuracy`` of the table is the share of utterances without an error; ``primary`` is by default
    the rate of words, or of characters where words are not separated. Candidates that were
    normalised differently and files that do not fit together raise a UserError.
    """
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = [transcripts.read(study, name) for name in candidates]
    normalisation, chosen = _normalisation(study, candidates), primary
    primary = speech_cautions.primary(entries[0], chosen)
    groups = entries[0].groups
    resampling = Resampling(resamples, seed, groups)
    counts = [transcripts.count(entry.speech, normalisation) for entry in entries]
    rows = []
    for entry, counted in zip(entries, counts, strict=True):
        rate = word_error_intervals.estimates(counted, resampling)[primary]
        faultless = float((word_error_rate.word_errors(counted) == 0).mean())
        rows.append(boards.row(entry.training, rate, faultless))
    table = boards.in_order(rows, primary)
    ordered = [counts[position] for position in table.index]
    records = study_records.read(study, [entries[position].training for position in table.index])
    tables = boards.with_pairs(table, _pairs(ordered, primary, resampling), primary)
    board = boards.Board(
        *tables,
        primary,
        items=len(counts[0]),
        groups=None if groups is None else len(set(groups)),
        group=entries[0].unit if entries[0].enough else copies.DISTINCT,
        right="makes no error in",
    )
    cautions = [
        *speech_cautions.of_references(entries[0], chosen, normalisation),
        *_other_winners(entries, normalisation, board),
        *(line for entry in entries for line in speech_cautions.of_hypotheses(entry)),
        *_few_speakers(entries[0]),
    ]
    return result.assemble(records, board, more_details=cautions)


def _other_winners(entries: list[Transcripts], chosen: str, board: boards.Board) -> list[str]:
    """Say under which normalisation another candidate comes first."""
    rate, winner, lines = registry.functions("edits")[board.primary], board.winner["candidate"], []
    for name in NORMALISATIONS.keys() - {chosen}:
        values = {
            entry.candidate: float(rate(transcripts.count(entry.speech, name).sum(axis=0)))
            for entry in entries
        }
        first = min(values, key=lambda each: values[each])
        if values[first] < values[winner]:
            than = f"{values[first]:.3f} against {values[winner]:.3f}"
            lines.append(f"{name} normalisation puts {first} before {winner} ({than}).")
    return [f"The winner depends on the normalisation: {' '.join(sorted(lines))}"] if lines else []


def _normalisation(study: str, candidates: list[str]) -> str:
    """Return the one normalisation that all evaluations share."""
    found = {name: SpeechMetrics.read(study, name).normalisation for name in candidates}
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{name} {normalisation}" for name, normalisation in found.items())
        message = f"candidates normalised differently: {listed}; run 3-evaluate again"
        raise UserError(f"{study}: {message}")
    return found[candidates[0]]


def _pairs(counted: list[NDArray], primary: str, resampling: Resampling) -> list[Pair]:
    """Compare all candidates in pairs, with Holm's correction over the pairs."""
    metric, items = registry.functions("edits")[primary], len(counted[0])
    tables = [resampling.sums(table) for table in counted]
    drawn = resampling.drawn(np.hstack(tables))
    samples = [metric(sums) for sums in np.split(drawn, len(tables), axis=1)]
    values = [float(metric(table.sum(axis=0))) for table in tables]
    pairs = []
    for a, b in combinations(range(len(tables)), 2):
        differing = int((tables[a] != tables[b]).any(axis=1).sum())
        gaps = values[a] - values[b], samples[a] - samples[b]
        difference = Difference(*gaps, len(tables[0]), items, differing)
        exact_p = partial(swap_test, tables[a], tables[b], metric)
        pairs.append(pair_from_samples(a, b, difference, exact_p))
    return corrected(pairs, items)


def _few_speakers(entry: Transcripts) -> list[str]:
    count = entry.known("speaker")
    if not 0 < count < ENOUGH_GROUPS:
        return []
    speakers = "one speaker" if count == 1 else f"{count} speakers"
    return [f"All utterances are by {speakers}: error rates on other speakers were not tested."]
