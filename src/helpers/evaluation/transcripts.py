"""What a candidate heard, read back with references, languages and speakers, and counted."""

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
    column hypothesis: utterances, and recordings that nobody speaks in. ``conditions`` are
    utterances heard again with noise; ``training`` is what training.json says.
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
        """Name the column of what may be resampled: groups that are not the speakers, or these."""
        named = self.speech.get("group")
        known = named is not None and named.notna().any()
        return "group" if known and not named.equals(self.speech.get("speaker")) else "speaker"

    @property
    def groups(self) -> NDArray | None:
        """Name what is resampled, the group or speaker of each utterance [N], an unknown one apart.

        None where too few are named: utterances must serve.
        """
        enough = self.known(self.unit) >= ENOUGH_GROUPS
        return groups(self.speech, self.unit) if enough else None

    def counted(self, normalisation: str) -> NDArray[np.int64]:
        """Count the edits of each utterance, int [N, 8], as ``metrics.words.table`` does."""
        return count(self.speech, normalisation)


def read(study: str, candidate: str) -> Transcripts:
    """Read a candidate's transcripts of the test side, and check them against the splits.

    Raises
    ------
    UserError
        A file or column that is missing, ids that do not match the test side.
    """
    needed = (*columns.SPLITS, "reference")
    splits = read_table(paths.build(study) / "splits.parquet", needed)
    folder = paths.build(study, candidate)
    file = folder / "predictions.parquet"
    table = read_table(file, ("id", "split", "hypothesis"))
    test = splits[splits["split"] == "test"]
    said = table[table["split"] == "test"].set_index("id")
    check_ids(said.index, test, paths.shown(file))
    test = test.assign(hypothesis=said["hypothesis"].loc[test["id"]].fillna("").to_numpy())
    silent = test["label"] == NO_SPEECH
    if silent.all():
        raise UserError(f"{paths.shown(file)}: nobody speaks on the test side")
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
