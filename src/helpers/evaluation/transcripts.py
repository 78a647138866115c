"""Read a recogniser's transcripts with their references, languages and speakers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.errors import UserError
from helpers.core.records.training import Training
from helpers.data.items import NO_SPEECH
from helpers.data.prediction_table import check_ids
from helpers.data.speech.normalisation import normalised
from helpers.evaluation.predictions import groups, read_table
from helpers.metrics import word_error_rate
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS


@dataclass(frozen=True)
class Transcripts:
    """A candidate's test utterances, in the order of the study's splits.

    ``speech`` and ``silence`` are rows of splits.parquet, with their number there as index and a
    column hypothesis: utterances, and recordings without speech. ``conditions`` are transcripts of
    utterances with noise; ``training`` is what training.json says.
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
        """Name the column to resample by: groups, if they are not the speakers."""
        group = self.speech.get("group")
        if group is None or group.isna().all() or group.equals(self.speech.get("speaker")):
            return "speaker"
        return "group"

    @property
    def groups(self) -> NDArray | None:
        """Return the group or speaker of each utterance [N], each unknown one on its own.

        None where there are too few to resample: utterances are resampled then.
        """
        enough = self.known(self.unit) >= ENOUGH_GROUPS
        return groups(self.speech, self.unit) if enough else None

    def edits(self, normalisation: str) -> NDArray[np.int64]:
        """Count the edits of each utterance, int [N, 8], as ``word_error_rate.table`` does."""
        return count(self.speech, normalisation)


def read(study: str, candidate: str) -> Transcripts:
    """Read a candidate's transcripts of the test split, and check them against the splits.

    Raises
    ------
    UserError
        A file or column that is missing, ids that do not match the test split.
    """
    needed = (*columns.SPLITS, "reference")
    splits = read_table(paths.build(study) / "splits.parquet", needed)
    folder = paths.build(study, candidate)
    file = folder / "predictions.parquet"
    table = read_table(file, ("id", "split", "hypothesis"))
    test = splits[splits["split"] == "test"]
    written = table[table["split"] == "test"].set_index("id")["hypothesis"]
    check_ids(written.index, test, paths.shown(file))
    test = test.assign(hypothesis=written.loc[test["id"]].fillna("").to_numpy())
    silent = test["label"] == NO_SPEECH
    if silent.all():
        raise UserError(f"{paths.shown(file)}: the test split has no speech")
    conditions = folder / "conditions.parquet"
    return Transcripts(
        candidate,
        test[~silent],
        test[silent],
        pd.read_parquet(conditions) if conditions.is_file() else pd.DataFrame(),
        Training.of(study, candidate),
    )


def count(table: pd.DataFrame, normalisation: str) -> NDArray[np.int64]:
    """Count the edits from reference to hypothesis of each row, normalised by its language."""
    return word_error_rate.table(*pairs(table, normalisation))


def pairs(table: pd.DataFrame, normalisation: str) -> tuple[list[str], list[str]]:
    """Return references and hypotheses, normalised by the language of each row."""
    languages = table["language"].fillna("").tolist() if "language" in table.columns else ""
    return (
        normalised(table["reference"].tolist(), languages, normalisation),
        normalised(table["hypothesis"].tolist(), languages, normalisation),
    )
