"""How well one candidate writes down speech, how sure that is, where it fails, what it costs."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import unknown
from helpers.core.records.metrics import NoiseResult, Provenance, SliceGap, SliceResult
from helpers.core.records.parts import Cost, Result
from helpers.core.records.speech_metrics import (
    Edits,
    Imagined,
    NormalisationResult,
    SpeechMetrics,
)
from helpers.data.speech.normalisation import NORMALISATIONS, loses_marks, plain
from helpers.evaluation import predictions, speech_robustness, transcripts
from helpers.evaluation.slices import tabulate
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import registry, word_error_intervals, word_error_rate
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.ratio_intervals import share

WORST = 10
HALLUCINATION = "hallucination-rate"
FAULTLESS = "faultless-share"


@dataclass(frozen=True)
class Evaluation:
    """A candidate's evaluation: what metrics.json holds, and tables for the notebook.

    ``normalisations`` has a row a normalisation and a column a rate; ``edits`` a row a kind of
    edit of the words; ``rates`` the word error rate of each utterance [N]; ``worst`` the utterances
    with most errors, with their ``row`` in splits.parquet; ``imagined`` what was written where
    nobody speaks; ``robustness`` a row a condition, the first as recorded; ``slices`` and ``gaps``
    as in ``evaluate.Evaluation``. ``resampled`` says what the intervals stand for.
    """

    study: str
    candidate: str
    model: str
    adaptation: str
    primary: str
    normalisation: str
    n: int
    speakers: int | None
    resampled: str
    metrics: dict[str, Estimate]
    normalisations: pd.DataFrame
    edits: pd.DataFrame
    rates: NDArray[np.float64]
    worst: pd.DataFrame
    imagined: pd.DataFrame
    robustness: pd.DataFrame
    slices: pd.DataFrame
    gaps: pd.DataFrame
    cost: dict[str, Any]
    marks_lost: int

    @property
    def headline(self) -> pd.DataFrame:
        """Every metric as a row, the primary one first."""
        order = sorted(self.metrics, key=lambda name: name != self.primary)
        return pd.DataFrame([{"metric": name, **asdict(self.metrics[name])} for name in order])


def evaluate(
    study: str,
    candidate: str,
    primary: str = word_error_rate.PRIMARY,
    normalisation: str = "plain",
    slices: list[str] | tuple[str, ...] = (),
    resamples: int = 2000,
    seed: int = 42,
) -> Evaluation:
    """Evaluate a candidate from its transcripts alone.

    Parameters
    ----------
    study, candidate
        Names; what 1-data and 2-train wrote is read.
    primary
        A metric of edits.
    normalisation
        One of ``transcripts.NORMALISATIONS``; the others are shown beside it.
    slices
        Columns of splits.parquet. A number of many values is cut at its quartiles.
    resamples, seed
        Of the bootstrap; the same seed gives the same numbers.

    Raises
    ------
    UserError
        Unknown metric, normalisation or column; files that are missing or do not fit together.
    """
    rates = registry.functions("edits")
    if primary not in rates:
        raise unknown("metric", primary, rates)
    if normalisation not in NORMALISATIONS:
        raise unknown("normalisation", normalisation, NORMALISATIONS)
    data = transcripts.read(study, candidate)
    for column in slices:
        if column not in data.speech.columns:
            raise unknown("slice", column, data.speech.columns, f"build/{study}/splits.parquet")
    resampling = Resampling(resamples, seed, data.groups)
    counted = data.counted(normalisation)
    metrics = word_error_intervals.estimates(counted, resampling) | _shares(
        data, counted, resampling
    )
    by_slices, gaps = tabulate(
        data.speech,
        slices,
        primary,
        lambda parts: word_error_intervals.by_slice(primary, counted, parts, resampling),
    )
    return Evaluation(
        study=study,
        candidate=candidate,
        model=data.training.model,
        adaptation=data.training.adaptation,
        primary=primary,
        normalisation=normalisation,
        n=len(data.speech),
        speakers=data.known("speaker") or None,
        resampled=_resampled(data),
        metrics=metrics,
        normalisations=_normalisations(data, resampling),
        edits=_edits(counted),
        rates=word_error_rate.word_error_rate(counted),
        worst=_worst(data, counted, normalisation),
        imagined=_imagined(data.silence),
        robustness=speech_robustness.rates(data, primary, normalisation, resampling),
        slices=by_slices,
        gaps=gaps,
        cost=data.training.cost.facts(),
        marks_lost=int(data.speech["reference"].map(loses_marks).sum()),
    )


def _shares(data: Transcripts, counted: NDArray, resampling: Resampling) -> dict[str, Estimate]:
    """Estimate how often no word is wrong, and how often words are heard where nobody speaks."""
    written = (data.silence["hypothesis"].map(plain) != "").to_numpy(bool)
    silent = resampling
    if resampling.groups is not None:
        silent = replace(resampling, groups=predictions.groups(data.silence, data.unit))
    return {
        FAULTLESS: share(word_error_rate.word_errors(counted) == 0, resampling),
        HALLUCINATION: share(written, silent),
    }


def _resampled(data: Transcripts) -> str:
    """Say what was resampled for the intervals, and what that means."""
    one, many = data.unit, f"{data.unit}s"
    count = data.known(one)
    if data.groups is not None:
        unknown = int(data.speech[one].isna().sum())
        alone = f" (and {unknown} of unknown {many}, as one each)" * (unknown > 0)
        return (
            f"{count} {many} were resampled, each with all utterances{alone}: "
            f"the intervals hold for other {many} of this kind."
        )
    who = {0: f"{many} are not known", 1: f"there is one {one}"}
    return (
        f"Utterances were resampled, as {who.get(count, f'there are only {count} {many}')}: the "
        f"intervals hold for other utterances of {f'this {one}' if count == 1 else f'these {many}'}"
        ", and say nothing of others."
    )


def _normalisations(data: Transcripts, resampling: Resampling) -> pd.DataFrame:
    rows = []
    for name in NORMALISATIONS:
        found = word_error_intervals.estimates(data.counted(name), resampling)
        first = found[word_error_rate.PRIMARY]
        row = {"normalisation": name, "low": first.low, "high": first.high}
        rows.append(row | {metric: each.value for metric, each in found.items()})
    columns = [
        "normalisation",
        word_error_rate.PRIMARY,
        "low",
        "high",
        *list(registry.functions("edits"))[1:],
    ]
    return pd.DataFrame(rows)[columns]


def _edits(counted: NDArray) -> pd.DataFrame:
    sums = counted[:, : len(word_error_rate.COLUMNS)].sum(axis=0)
    said = max(int(sums[: word_error_rate.INSERTIONS].sum()), 1)
    rows = zip(word_error_rate.COLUMNS, sums.tolist(), (sums / said).tolist(), strict=True)
    return pd.DataFrame(rows, columns=["words", "count", "of the words said"])


def _worst(data: Transcripts, counted: NDArray, normalisation: str) -> pd.DataFrame:
    """List the utterances with most word errors; of equals the shorter, where more is wrong."""
    wrong = word_error_rate.word_errors(counted)
    rates = np.nan_to_num(word_error_rate.word_error_rate(counted), nan=np.inf)
    order = np.lexsort((data.speech["id"].to_numpy(str), -rates, -wrong))
    chosen = order[wrong[order] > 0][:WORST]
    said, heard = transcripts.pairs(data.speech.iloc[chosen], normalisation)
    return pd.DataFrame(
        {
            "row": data.speech.index[chosen],
            "id": data.speech["id"].to_numpy()[chosen],
            "errors": wrong[chosen],
            "rate": rates[chosen],
            "reference": said,
            "hypothesis": heard,
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


def save(evaluation: Evaluation) -> None:
    """Write metrics.json."""
    from helpers.core import provenance

    e = evaluation
    SpeechMetrics(
        study=e.study,
        candidate=e.candidate,
        model=e.model,
        adaptation=e.adaptation,
        n=e.n,
        primary=e.primary,
        metrics={name: Result(**asdict(each)) for name, each in e.metrics.items()},
        slices=SliceResult.from_table(e.slices),
        slice_gaps=SliceGap.from_table(e.gaps),
        robustness=NoiseResult.from_table(e.robustness),
        cost=Cost(**e.cost),
        provenance=Provenance(**provenance.collect()),
        normalisation=e.normalisation,
        speakers=e.speakers,
        resampled=e.resampled,
        normalisations=NormalisationResult.from_table(e.normalisations),
        edits=Edits.from_table(e.edits),
        imagined=Imagined.from_table(e.imagined),
    ).write(e.study, e.candidate)
