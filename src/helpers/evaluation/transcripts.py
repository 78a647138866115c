"""Read a recogniser's transcripts with their references, languages and speakers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.errors import UserError
from helpers.core.records.training import Training
from helpers.data import copies
from helpers.data.copies import groups
from helpers.data.items import NO_SPEECH
from helpers.data.speech import languages
from helpers.data.speech.normalisation import normalised
from helpers.evaluation.predictions import matched, read_table
from helpers.metrics import word_error_rate
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS


@dataclass(frozen=True)
class Transcripts:
    """A candidate's test utterances, in the order of the study's splits.

    ``speech`` and ``silence`` are rows of splits.parquet, with their number there as index and a
    column hypothesis: utterances, and recordings without speech. ``conditions`` are with noise.
    """

    candidate: str
    speech: pd.DataFrame
    silence: pd.DataFrame
    conditions: pd.DataFrame
    training: Training

    def known(self, column: str) -> int:
        """Count the groups or speakers that the data names."""
        return int(self.speech[column].nunique()) if column in self.speech else 0

    @property
    def unit(self) -> str:
        """The column to resample by: group, if it differs from the speakers."""
        group = self.speech.get("group")
        if group is None or group.isna().all() or group.equals(self.speech.get("speaker")):
            return "speaker"
        return "group"

    @property
    def enough(self) -> bool:
        """Tell whether there are enough groups or speakers to resample them."""
        return self.known(self.unit) >= ENOUGH_GROUPS

    def tied(self, table: pd.DataFrame) -> NDArray | None:
        """Give the group or speaker of each row [N], if enough, joined where copies tie them."""
        return groups(table, self.unit if self.enough else copies.COLUMN)

    @property
    def groups(self) -> NDArray | None:
        """What ties the utterances [N]; None where every one is resampled alone."""
        return self.tied(self.speech)


def read(study: str, candidate: str) -> Transcripts:
    """Read a candidate's transcripts of the test split; a UserError says what does not fit."""
    splits = read_table(paths.build(study) / "splits.parquet", (*columns.SPLITS, "reference"))
    splits["language"], _ = languages.completed(splits)
    test, rows, where = matched(splits, study, candidate, ("id", "split", "hypothesis"))
    test = test.assign(hypothesis=rows["hypothesis"].fillna("").to_numpy())
    silent = test["label"] == NO_SPEECH
    if silent.all():
        raise UserError(f"{where}: the test split has no speech")
    conditions = paths.build(study, candidate) / "conditions.parquet"
    return Transcripts(
        candidate,
        test[~silent],
        test[silent],
        pd.read_parquet(conditions) if conditions.is_file() else pd.DataFrame(),
        Training.of(study, candidate),
    )


def count(table: pd.DataFrame, normalisation: str) -> NDArray[np.int64]:
    """Count each row's edits, int [N, 10] of ``word_error_rate.table``, normalised by language."""
    return word_error_rate.table(*pairs(table, normalisation))


def pairs(table: pd.DataFrame, normalisation: str) -> tuple[list[str], list[str]]:
    """Return references and hypotheses, normalised by the language of each row."""
    languages = table["language"].fillna("").tolist() if "language" in table.columns else ""
    references, hypotheses = table["reference"].tolist(), table["hypothesis"].tolist()
    return (
        normalised(references, languages, normalisation),
        normalised(hypotheses, languages, normalisation),
    )
