"""All candidates of a study on the same utterances: who errs least, who ties, at what cost."""

from dataclasses import asdict
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparison.recommendation import Board
from helpers.comparison.result import Comparison, assembled
from helpers.comparison.seeds import Repeats
from helpers.core.errors import UserError
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.evaluation import transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.paired_tests import (
    Difference,
    Pair,
    corrected,
    pair_from_samples,
    rank_intervals,
)
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling
from helpers.metrics.statistics.permutation import swap_test

HEARD = "makes no error in"


def compare(
    study: str,
    candidates: list[str],
    primary: str = word_error_rate.PRIMARY,
    resamples: int = 2000,
    seed: int = 42,
) -> Comparison:
    """Compare candidates by their transcripts of the same utterances.

    Pairs take the bootstrap over utterances, or speakers where there are enough, drawn alike for
    both; where few of them differ, the exact test that swaps the two candidates' answers.
    ``accuracy`` of the table is the share of utterances without an error.

    Raises
    ------
    UserError
        No candidate; candidates that were normalised differently; files that do not fit together.
    """
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = [transcripts.read(study, name) for name in candidates]
    how = _normalisation(study, candidates)
    groups = entries[0].groups
    counted = [entry.edits(how) for entry in entries]
    resampling = Resampling(resamples, seed, groups)
    rows = [_row(*each, primary, resampling) for each in zip(entries, counted, strict=True)]
    table = pd.DataFrame(rows).sort_values(["value", "cost", "candidate"], na_position="last")
    counted = [counted[index] for index in table.index]
    table = table.reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    found = _pairs(counted, primary, resampling)
    ranks = rank_intervals(found, len(table), lower_is_better=True)
    table["rank_low"], table["rank_high"] = ranks.T
    pairs = _named(found, table["candidate"].tolist())
    board = Board(table, pairs, primary, len(counted[0]), _count(groups), entries[0].unit, HEARD)
    once = Repeats(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    return assembled(study, board, _voices(entries[0]), once, entries)


def _normalisation(study: str, candidates: list[str]) -> str:
    """Return how the evaluations normalised; it must be one way for all."""
    found = {}
    for name in candidates:
        found[name] = SpeechMetrics.read(study, name).normalisation
    if len(set(found.values())) > 1:
        said = ", ".join(f"{name} {how}" for name, how in found.items())
        raise UserError(f"{study}: candidates normalised differently: {said}; run 3-evaluate again")
    return next(iter(found.values()))


def _row(
    entry: Transcripts, counted: NDArray, primary: str, resampling: Resampling
) -> dict[str, Any]:
    training, cost = entry.training, entry.training.cost
    adaptation, model = training.adaptation, training.model
    speed, parameters = cost.items_per_second, cost.parameters
    wrong = word_error_rate.word_errors(counted)
    return {
        "candidate": entry.candidate,
        "label": f"{adaptation}: {model}" if adaptation else entry.candidate,
        "adaptation": adaptation,
        **asdict(word_error_intervals.estimates(counted, resampling)[primary]),
        "accuracy": float((wrong == 0).mean()),
        "cost": 1000 / speed if speed else np.nan,
        "fit_seconds": np.nan,
        "parameters": np.nan if parameters is None else parameters,
    }


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
        difference = Difference(
            values[a] - values[b], samples[a] - samples[b], len(tables[0]), items, differing
        )
        exact_p = partial(swap_test, tables[a], tables[b], metric)
        pairs.append(pair_from_samples(a, b, difference, exact_p))
    return corrected(pairs, items)


def _named(pairs: list[Pair], names: list[str]) -> pd.DataFrame:
    columns = ["a", "b", "difference", "low", "high", "p", "p_holm", "error", "detectable"]
    rows = [{**asdict(pair), "a": names[pair.a], "b": names[pair.b]} for pair in pairs]
    return pd.DataFrame(rows, columns=[*columns, "items_needed", "method"])


def _count(speakers: NDArray | None) -> int | None:
    return None if speakers is None else len(set(speakers))


def _voices(entry: Transcripts) -> list[str]:
    """Say what the speakers let the comparison mean."""
    count = entry.known("speaker")
    if not 0 < count < ENOUGH_GROUPS:
        return []
    whose = "one speaker" if count == 1 else f"{count} speakers"
    return [f"All utterances are of {whose}: who errs least for other voices was not tested."]
