"""Evaluate a speech recogniser: error rates with intervals, kinds of errors, silence, noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import unknown
from helpers.core.records.metrics import NoiseResult
from helpers.core.records.speech_metrics import (
    Edits,
    Imagined,
    NormalisationResult,
    SpeechMetrics,
)
from helpers.data.speech.normalisation import NORMALISATIONS, loses_marks, plain
from helpers.evaluation import predictions, speech_robustness, transcripts
from helpers.evaluation.evaluation import USUAL, Evaluation
from helpers.evaluation.slices import check_columns, tabulate
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.ratio_intervals import share

WORST = 10
HALLUCINATION = "hallucination-rate"
FAULTLESS = "faultless-share"


@dataclass(frozen=True)
class WordErrors:
    """``edits`` has a row a kind of edit; ``rates`` [N] are the utterances' word error rates.

    ``worst`` are the utterances with most errors, ``imagined`` what was written for recordings
    without speech; both with their ``row`` in splits.parquet.
    """

    edits: pd.DataFrame
    rates: NDArray[np.float64]
    worst: pd.DataFrame
    imagined: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class SpeechEvaluation(Evaluation):
    """A recogniser's evaluation.

    ``normalisations`` has a row a normalisation and a column a rate, ``robustness`` a row a
    condition, the first as recorded. ``resampled`` says what the intervals stand for;
    ``marks_lost`` counts the references from which Whisper's normalisation drops vowel signs.
    """

    normalisation: str
    speakers: int | None
    resampled: str
    normalisations: pd.DataFrame
    errors: WordErrors
    robustness: pd.DataFrame
    marks_lost: int


def evaluate(
    study: str,
    candidate: str,
    primary: str = word_error_rate.PRIMARY,
    normalisation: str = "plain",
    slices: Sequence[str] = (),
    resampling: Resampling = USUAL,
) -> SpeechEvaluation:
    """Evaluate a candidate from its transcripts alone.

    Parameters
    ----------
    study, candidate
        What 1-data and 2-train wrote is read.
    primary
        A metric of edits.
    normalisation
        One of ``NORMALISATIONS``; the others are shown beside it.
    slices
        Columns of splits.parquet. A number with many values is cut at its quartiles.
    resampling
        How often, and from which seed; its groups are those of the data.

    Raises
    ------
    UserError
        Unknown metric, normalisation or column; files that are missing or do not fit together.
    """
    if primary not in (rates := registry.functions("edits")):
        raise unknown("metric", primary, rates)
    if normalisation not in NORMALISATIONS:
        raise unknown("normalisation", normalisation, NORMALISATIONS)
    data = transcripts.read(study, candidate)
    check_columns(slices, data.speech, study)
    resampling, table = replace(resampling, groups=data.groups), data.edits(normalisation)
    return SpeechEvaluation(
        study=study,
        candidate=candidate,
        model=data.training.model,
        adaptation=data.training.adaptation,
        primary=primary,
        n=len(data.speech),
        metrics=word_error_intervals.estimates(table, resampling)
        | _shares(data, table, resampling),
        slices=tabulate(
            data.speech,
            slices,
            primary,
            lambda parts: word_error_intervals.by_slice(primary, table, parts, resampling),
        ),
        cost=data.training.cost.facts(),
        normalisation=normalisation,
        speakers=data.known("speaker") or None,
        resampled=_resampled(data),
        normalisations=_normalisations(data, resampling),
        errors=WordErrors(
            _edits(table),
            word_error_rate.word_error_rate(table),
            _worst(data, table, normalisation),
            _imagined(data.silence),
        ),
        robustness=speech_robustness.rates(data, primary, normalisation, resampling),
        marks_lost=int(data.speech["reference"].map(loses_marks).sum()),
    )


def _shares(data: Transcripts, table: NDArray, resampling: Resampling) -> dict[str, Estimate]:
    """Estimate how many utterances have no error, and how many silent recordings have words."""
    written = (data.silence["hypothesis"].map(plain) != "").to_numpy(bool)
    silent = resampling
    if resampling.groups is not None:
        silent = replace(resampling, groups=predictions.groups(data.silence, data.unit))
    return {
        FAULTLESS: share(word_error_rate.word_errors(table) == 0, resampling),
        HALLUCINATION: share(written, silent),
    }


def _resampled(data: Transcripts) -> str:
    """Say what the intervals resample, and what they hold for."""
    one, many, count = data.unit, f"{data.unit}s", data.known(data.unit)
    if data.groups is not None:
        unknown_ones = int(data.speech[one].isna().sum())
        alone = f", and {unknown_ones} utterances of unknown {many}" if unknown_ones else ""
        return (
            f"The intervals resample {count} {many} with all their utterances{alone}: "
            f"they hold for other {many} of this kind."
        )
    reasons = {0: f"the {many} are not known", 1: f"there is only 1 {one}"}
    these = f"this {one}" if count == 1 else f"these {many}"
    return (
        f"The intervals resample utterances, because "
        f"{reasons.get(count, f'there are only {count} {many}')}: they hold for other utterances "
        f"of {these}, not for other {many}."
    )


def _normalisations(data: Transcripts, resampling: Resampling) -> pd.DataFrame:
    rows = []
    for name in NORMALISATIONS:
        rates = word_error_intervals.estimates(data.edits(name), resampling)
        row = {metric: rate.value for metric, rate in rates.items()}
        first = rates[word_error_rate.PRIMARY]
        rows.append(row | {"normalisation": name, "low": first.low, "high": first.high})
    primary, *others = registry.functions("edits")
    return pd.DataFrame(rows)[["normalisation", primary, "low", "high", *others]]


def _edits(table: NDArray) -> pd.DataFrame:
    sums = table[:, : len(word_error_rate.COLUMNS)].sum(axis=0)
    words = max(int(word_error_rate.reference_words(sums)), 1)
    rows = zip(word_error_rate.COLUMNS, sums.tolist(), (sums / words).tolist(), strict=True)
    return pd.DataFrame(rows, columns=["words", "count", "of the words said"])


def _worst(data: Transcripts, table: NDArray, normalisation: str) -> pd.DataFrame:
    """List the utterances with most word errors; of equals the shorter, where more is wrong."""
    errors = word_error_rate.word_errors(table)
    rates = np.nan_to_num(word_error_rate.word_error_rate(table), nan=np.inf)
    order = np.lexsort((data.speech["id"].to_numpy(str), -rates, -errors))
    chosen = order[errors[order] > 0][:WORST]
    references, hypotheses = transcripts.pairs(data.speech.iloc[chosen], normalisation)
    return pd.DataFrame(
        {
            "row": data.speech.index[chosen],
            "id": data.speech["id"].to_numpy()[chosen],
            "errors": errors[chosen],
            "rate": rates[chosen],
            "reference": references,
            "hypothesis": hypotheses,
        }
    )


def _imagined(silence: pd.DataFrame) -> pd.DataFrame:
    sounds = silence["sound"] if "sound" in silence.columns else pd.Series("", silence.index)
    return pd.DataFrame(
        {
            "row": silence.index,
            "id": silence["id"].to_numpy(),
            "sound": sounds.fillna("").to_numpy(),
            "hypothesis": silence["hypothesis"].to_numpy(),
        }
    )


def save(evaluation: SpeechEvaluation) -> None:
    """Write metrics.json."""
    e = evaluation
    SpeechMetrics(
        **e.record_fields(),
        robustness=NoiseResult.from_table(e.robustness),
        normalisation=e.normalisation,
        speakers=e.speakers,
        resampled=e.resampled,
        normalisations=NormalisationResult.from_table(e.normalisations),
        edits=Edits.from_table(e.errors.edits),
        imagined=Imagined.from_table(e.errors.imagined),
    ).write(e.study, e.candidate)
