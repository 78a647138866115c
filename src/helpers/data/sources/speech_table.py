"""A table with a row for each recording of speech: its path and what is said in it."""

import pandas as pd

from helpers.core.errors import UserError
from helpers.data.items import NO_SPEECH, Items, label_text
from helpers.data.sources import TableSource
from helpers.data.sources.table import Columns, frame_of, item_column, items_of_files
from helpers.data.sources.tabular_files import note, plain, read_table
from helpers.data.speech import annotations, languages


def load(fields: TableSource, task: str) -> Items:
    """Read a table of utterances; raises UserError for a transcript marked as non-speech."""
    rows = read_table(fields.file, fields.encoding, fields.separator)
    if fields.language:
        rows["language"] = _languages(rows, fields.language, fields.file)
    rows = utterances(rows, fields.file, fields.transcript or "transcript")
    columns = Columns(item_column(rows, fields.path), "label", fields.split, fields.group)
    frame = frame_of(rows, fields.file, columns)
    frame["reference"] = frame["reference"].fillna("")
    if found := languages.completed(frame)[1]:
        note(frame, found)
    return items_of_files(fields, frame, task)


def _languages(rows: pd.DataFrame, named: str, where: str) -> list[str | None]:
    """Return each row's language from a column, or the one language of all."""
    if named in rows.columns:
        return label_text(plain(rows, named, where))
    if not languages.is_known(named):
        needed = "a column or a language such as en or English is needed"
        raise UserError(f"{where}: language {named!r}: {needed}")
    return [named] * len(rows)


def utterances(rows: pd.DataFrame, where: str, transcript: str) -> pd.DataFrame:
    """Add to a table of speech the columns reference, label, category and sound.

    Square and angle brackets hold sounds. Next to words they are left out of the reference; alone
    they mark a recording without speech, as the category non-speech does. Columns named language,
    accent, speaker and category are known to later stages.
    """
    texts = label_text(plain(rows, transcript, where))
    split = [annotations.split_sounds((text or "").strip()) for text in texts]
    has_category = "category" in rows.columns
    categories = plain(rows, "category", where) if has_category else [None] * len(rows)
    rows, labels = rows.drop(columns=transcript), []
    if taken := {"reference", "sound"} & set(rows.columns):
        raise UserError(f"{where}: column {taken.pop()!r}: rename it: it means another thing here")
    for (words, sound), category in zip(split, label_text(categories), strict=True):
        category = category and category.strip()
        if words and category == NO_SPEECH:
            raise UserError(
                f"{where}: a row has the category {category} and a transcript, {words[:40]!r}: "
                "leave one of them out, or put sounds in square brackets"
            )
        labels.append(NO_SPEECH if sound is not None else category or "speech")
    references, sounds = [words for words, _ in split], [sound for _, sound in split]
    return rows.assign(label=labels, reference=references, sound=sounds, category=labels)
