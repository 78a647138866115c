"""Evaluate a speech recogniser: error rates with intervals, kinds of errors, silence, noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import check_known
from helpers.core.records import speech_metrics as records
from helpers.core.records.metrics import LanguageResult, NoiseResult
from helpers.data.speech.normalisation import NORMALISATIONS, plain
from helpers.evaluation import (
    speech_cautions,
    speech_robustness,
    spelling_errors,
    spoken_languages,
    transcripts,
)
from helpers.evaluation.evaluation import USUAL, Evaluation
from helpers.evaluation.slices import check_columns, tabulate
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.confusion_intervals import share
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate

WORST = 10
HALLUCINATION = "hallucination-rate"
FAULTLESS = "faultless-share"
EXCESS = "runaway-share"
EDITS = ["words", "count", "of the words said"]  # columns of the record, whatever the unit


@dataclass(frozen=True, kw_only=True)
class SpeechEvaluation(Evaluation):
    """A recogniser's evaluation; ``resampled`` says what the intervals stand for.

    ``edits`` has a row per kind of edit, ``rates`` the word error rate of each utterance [N];
    ``worst`` are the utterances with most errors, ``imagined`` what was written for recordings
    without speech, both with their ``row`` in splits.parquet. ``robustness`` has a row per
    condition, the first as recorded. ``unit`` is what the primary metric counts, a word or a
    character; ``spelling`` has the word errors that are spelled otherwise; ``languages`` the rates
    in each one; ``cautions`` what stands against the rates, in sentences.
    """

    normalisation: str
    speakers: int | None
    resampled: str
    normalisations: pd.DataFrame
    edits: pd.DataFrame
    rates: NDArray[np.float64]
    worst: pd.DataFrame
    imagined: pd.DataFrame
    robustness: pd.DataFrame
    unit: str
    spelling: pd.DataFrame
    languages: pd.DataFrame
    cautions: list[str]


def evaluate(
    study: str,
    candidate: str,
    primary: str | None = None,
    normalisation: str = "plain",
    slices: Sequence[str] = (),
    resampling: Resampling = USUAL,
) -> SpeechEvaluation:
    """Evaluate a candidate from its transcripts alone.

    ``primary`` is a metric of edits, by default that of words, or of characters where words are not
    separated; ``slices`` are columns of splits.parquet; the data give ``resampling`` its groups. An
    unknown metric, normalisation or column raises a UserError.
    """
    check_known("normalisation", normalisation, NORMALISATIONS)
    data, chosen = transcripts.read(study, candidate), primary
    primary = speech_cautions.primary(data, chosen)
    check_known("metric", primary, registry.functions("edits"))
    check_columns(slices, data.speech, study)
    resampling = replace(resampling, groups=data.groups)
    table = transcripts.count(data.speech, normalisation)
    by_slice = partial(word_error_intervals.by_slice, primary, table, resampling=resampling)
    metrics = word_error_intervals.estimates(table, resampling)
    unit = "character" if primary in speech_cautions.OF_CHARACTERS else "word"
    edits = table[:, len(word_error_rate.COLUMNS) :] if unit == "character" else table
    cautions = speech_cautions.of_references(data, chosen, normalisation)
    texts = transcripts.pairs(data.speech, normalisation)
    return SpeechEvaluation(
        study=study,
        candidate=candidate,
        model=data.training.model,
        adaptation=data.training.adaptation,
        primary=primary,
        n=len(data.speech),
        metrics=metrics | _shares(data, edits, resampling),
        slices=tabulate(data.speech, slices, primary, by_slice),
        cost=data.training.cost.facts(),
        doubts=data.training.cautions,
        normalisation=normalisation,
        speakers=data.known("speaker") or None,
        resampled=_resampled(data),
        normalisations=_normalisations(data, resampling, f"{unit}-error-rate"),
        edits=_edits(edits, unit),
        rates=word_error_rate.word_error_rate(edits),
        worst=_worst(data, edits, normalisation),
        imagined=_imagined(data.silence),
        robustness=speech_robustness.rates(data, primary, normalisation, resampling),
        unit=unit,
        languages=spoken_languages.rates(data, table, resampling),
        spelling=spelling_errors.table(*texts, data.speech["language"]),
        cautions=[*cautions, *speech_cautions.of_hypotheses(data)],
    )


def _shares(data: Transcripts, table: NDArray, resampling: Resampling) -> dict[str, Estimate]:
    """Estimate shares of utterances by their errors, and of silent recordings with words."""
    errors, said = word_error_rate.word_errors(table), word_error_rate.reference_words(table)
    written = (data.silence["hypothesis"].map(plain) != "").to_numpy(bool)
    silent = resampling
    if resampling.groups is not None:
        silent = replace(resampling, groups=data.tied(data.silence))
    return {
        FAULTLESS: share(errors == 0, resampling),
        EXCESS: share(errors > said, resampling),
        HALLUCINATION: share(written, silent),
    }


def _resampled(data: Transcripts) -> str:
    one, many, count = data.unit, f"{data.unit}s", data.known(data.unit)
    if data.enough:
        unknown_ones = int(data.speech[one].isna().sum())
        alone = f", and {unknown_ones} utterances of unknown {many}" if unknown_ones else ""
        units = f"{count} {many} with all their utterances{alone}"
        return f"The intervals resample {units}: they hold for other {many} of this kind."
    reasons = {0: f"the {many} are not known", 1: f"there is only 1 {one}"}
    reason = reasons.get(count, f"there are only {count} {many}")
    these = f"this {one}" if count == 1 else f"these {many}"
    alike = "" if data.groups is None else ", copies of one together"
    return (
        f"The intervals resample utterances{alike}, because {reason}: they hold for other "
        f"utterances of {these}, not for other {many}."
    )


def _normalisations(data: Transcripts, resampling: Resampling, first: str) -> pd.DataFrame:
    rows = []
    for name in NORMALISATIONS:
        rates = word_error_intervals.estimates(transcripts.count(data.speech, name), resampling)
        row = {metric: rate.value for metric, rate in rates.items()}
        bounds = {"low": rates[first].low, "high": rates[first].high}
        rows.append({"normalisation": name, first: row.pop(first)} | bounds | row)
    return pd.DataFrame(rows)


def _edits(table: NDArray, unit: str) -> pd.DataFrame:
    sums = table[:, : len(word_error_rate.COLUMNS)].sum(axis=0)
    words = max(int(word_error_rate.reference_words(sums)), 1)
    rows = zip(word_error_rate.COLUMNS, sums.tolist(), (sums / words).tolist(), strict=True)
    return pd.DataFrame(rows, columns=[f"{unit}s", "count", f"of the {unit}s said"])


def _worst(data: Transcripts, table: NDArray, normalisation: str) -> pd.DataFrame:
    """List the utterances with most errors; of equals the shorter, where more is wrong."""
    errors = word_error_rate.word_errors(table)
    rates = np.nan_to_num(word_error_rate.word_error_rate(table), nan=np.inf)
    order = np.lexsort((data.speech["id"].to_numpy(str), -rates, -errors))
    chosen = order[errors[order] > 0][:WORST]
    references, hypotheses = transcripts.pairs(data.speech.iloc[chosen], normalisation)
    rows = data.speech[["id"]].iloc[chosen].assign(errors=errors[chosen], rate=rates[chosen])
    rows = rows.assign(reference=references, hypothesis=hypotheses)
    return rows.rename_axis("row").reset_index()


def _imagined(silence: pd.DataFrame) -> pd.DataFrame:
    sounds = silence["sound"] if "sound" in silence.columns else pd.Series("", silence.index)
    table = silence[["id"]].assign(sound=sounds.fillna(""), hypothesis=silence["hypothesis"])
    return table.rename_axis("row").reset_index()


def save(evaluation: SpeechEvaluation) -> None:
    """Write metrics.json."""
    e = evaluation
    records.SpeechMetrics(
        **e.record_fields(),
        robustness=NoiseResult.from_table(e.robustness),
        normalisation=e.normalisation,
        speakers=e.speakers,
        resampled=e.resampled,
        normalisations=records.NormalisationResult.from_table(e.normalisations),
        edits=records.Edits.from_table(e.edits.set_axis(EDITS, axis="columns")),
        imagined=records.Imagined.from_table(e.imagined),
        languages=LanguageResult.from_table(e.languages),
    ).write(e.study, e.candidate)
