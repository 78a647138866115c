"""Recognisers compared on the same utterances: paired tests of error rates, ties."""

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.comparison import board as boards
from helpers.comparison import ranking, result
from helpers.comparison.ranking import Scored
from helpers.core.errors import UserError
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.data import copies
from helpers.data.speech.normalisation import NORMALISATIONS
from helpers.evaluation import speech_cautions, transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.names import metric_name
from helpers.metrics.paired_tests import Difference, Pair, pair_from_samples
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling
from helpers.metrics.statistics.permutation import swap_test


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
    margin: float | None = None,
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
    board = ranking.ranked(
        scored(rows, counts, primary, resampling),
        seed,
        margin,
        groups=None if groups is None else len(set(groups)),
        group=entries[0].unit if entries[0].enough else copies.DISTINCT,
        right="makes no error in",
    )
    cautions = [
        *speech_cautions.of_references(entries[0], chosen, normalisation),
        *_other_order(entries, counts, primary),
        *_other_winners(entries, normalisation, board),
        *(line for entry in entries for line in speech_cautions.of_hypotheses(entry)),
        *_few_speakers(entries[0]),
    ]
    return result.assemble(study, [entry.training for entry in entries], board, cautions)


def _other_order(entries: list[Transcripts], counted: list[NDArray], primary: str) -> list[str]:
    """Say where the rate with every utterance capped at its own length orders otherwise."""
    plain = primary.removeprefix("capped-")
    capped, rates = f"capped-{plain}", registry.functions("edits")
    if capped not in rates:
        return []
    other = {plain: capped, capped: plain}[primary]
    ours, theirs = ([float(rates[one](t.sum(axis=0))) for t in counted] for one in (primary, other))
    order = sorted(range(len(entries)), key=lambda k: theirs[k])
    if all(ours[a] <= ours[b] for a, b in pairwise(order)):
        return []
    listed = ", ".join(f"{entries[k].candidate} {theirs[k]:.3f}" for k in order)
    return [
        f"The {metric_name(other)} orders them otherwise ({listed}): utterances with more errors "
        f"than their length move the {metric_name(plain)}."
    ]


def _other_winners(entries: list[Transcripts], chosen: str, board: boards.Board) -> list[str]:
    """Say under which normalisation another candidate comes first."""
    rate, winner, lines = registry.functions("edits")[board.primary], board.winner["run"], []
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


def scored(
    rows: list[dict[str, Any]], counted: list[NDArray], primary: str, resampling: Resampling
) -> Scored:
    """Compute a rate of all candidates, on resamples too, and how two of them compare."""
    metric, items = registry.functions("edits")[primary], len(counted[0])
    tables = [resampling.sums(table) for table in counted]
    drawn = resampling.drawn(np.hstack(tables))
    samples = np.column_stack([metric(sums) for sums in np.split(drawn, len(tables), axis=1)])
    values = np.array([float(metric(table.sum(axis=0))) for table in tables])

    def pair(a: int, b: int) -> Pair:
        differing = int((tables[a] != tables[b]).any(axis=1).sum())
        gaps = values[a] - values[b], samples[:, a] - samples[:, b]
        difference = Difference(*gaps, len(tables[0]), items, differing)
        return pair_from_samples(a, b, difference, partial(swap_test, tables[a], tables[b], metric))

    def units(run: int) -> NDArray[np.float64]:
        total = tables[run].sum(axis=0)
        away = (len(tables[run]) - 1) * (values[run] - metric(total - tables[run]))
        return values[run] + away - away.mean()

    return Scored(primary, items, rows, values, samples, pair, units)


def _few_speakers(entry: Transcripts) -> list[str]:
    count = entry.known("speaker")
    if not 0 < count < ENOUGH_GROUPS:
        return []
    speakers = "one speaker" if count == 1 else f"{count} speakers"
    return [f"All utterances are by {speakers}: error rates on other speakers were not tested."]
