"""From a source to a study's data: cleaned, checked, split, saved for the later stages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import dotted_names, files, paths
from helpers.core.errors import UserError, check_known
from helpers.core.records.data import DataRecord, Dropped, ItemCounts, PublishedResult
from helpers.data import checks, copies, folds, sources, splits, tasks
from helpers.data.detection import boxes
from helpers.data.items import Items, natural
from helpers.data.splits import SplitRules

OF_TEST = ("D405", "D410", "D412")  # checks of the items tested
TAKEN = ("id", "split", "path", "prediction", copies.COLUMN)  # columns of every study: no slices


@dataclass(frozen=True)
class Prepared:
    """Usable items with their splits, the findings about all items, and what was left out."""

    items: Items
    frame: pd.DataFrame  # the columns of splits.parquet
    classes: tuple[str, ...]
    findings: list[checks.Finding]
    dropped: pd.DataFrame  # columns id, label, reason
    survey: checks.Survey
    digest: str  # SHA-256 over ids, labels and decoded items
    folds: pd.DataFrame = field(default_factory=folds.none)  # the columns of folds.parquet
    folds_note: str = ""


def clean(items: Items, survey: checks.Survey) -> tuple[Items, checks.Survey, pd.DataFrame]:
    """Leave out what cannot be used; return the rest, its survey, and what was dropped and why."""
    clean_task = dotted_names.load(tasks.get(items.task).clean)
    reason = clean_task(items, pd.Series(survey.reason, dtype=object))
    usable = np.flatnonzero(reason == "")
    dropped = items.frame[["id", "label"]].assign(reason=reason)[reason != ""]
    items = items.take(usable)
    if len(dropped):  # else what the survey has found of near-copies is kept
        survey = survey.take(usable)
    if fit := tasks.get(items.task).fit:
        items = dotted_names.load(fit)(items, survey)
    return items, survey, dropped.reset_index(drop=True)


def prepare(
    source: str | dict[str, Any],
    split: dict[str, Any] | None = None,
    task: str = "image-classification",
    limit: int | None = None,
    slices: Sequence[str] = (),
    seed: int = 42,
) -> Prepared:
    """Load, survey, clean, split and check, in one call; the notebook takes the same steps."""
    items = sources.load(source, task, limit, seed)
    return arrange(items, checks.survey(items), split, slices)


def arrange(
    items: Items,
    survey: checks.Survey,
    split: dict[str, Any] | None = None,
    slices: Sequence[str] = (),
) -> Prepared:
    """Clean and split surveyed items, and check both; raises UserError if no split can be made."""
    notes = (*items.notes, *survey.notes)
    items = replace(items, decoding=survey.decoding or items.decoding, notes=notes)
    usable, survey_of_usable, dropped = clean(items, survey)
    task = tasks.get(usable.task)
    usual: dict[str, Any] = {} if task.trains else {"test": 1.0}
    usual |= {"single": task.single} | (split or {})
    rules = SplitRules(**usual, required=task.required_splits)
    try:
        tied = splits.ties(usable.frame, rules, survey_of_usable.near, survey_of_usable.exact)
        folded = folds.make(usable.frame, tied, rules)
        frame = _frame(usable, survey_of_usable, rules, slices, len(folded[0]) > 0)
    except UserError as error:
        plain = int(survey_of_usable.vague.sum())
        if 2 * plain < len(usable.frame) or not survey.decoding.get("levels"):
            raise
        many = f"{plain:,} of {len(usable.frame):,} {items.modality.MANY} {survey.VAGUE}"
        cure = "if most use only a part of that, set levels: [black, white] beside the data"
        what = str(error).partition(";")[0]
        raise UserError("; ".join([what, many, *survey.notes, cure])) from None
    findings = [each for each in checks.run(items, facts=survey) if not each.code.startswith("D4")]
    units = splits.units(tied, len(frame))
    findings += checks.run(usable, frame, survey_of_usable, "D4", units)
    if len(folded[0]):  # every item is tested
        whole = checks.run(usable, frame.assign(split="test"), survey_of_usable, "D4", units)
        others = [each for each in findings if each.code not in (*OF_TEST, "D404")]
        findings = [*others, *(each for each in whole if each.code in OF_TEST)]
    named = frame["label"] if usable.boxes is None else usable.boxes["label"]
    classes = tuple(sorted(named.unique(), key=natural))
    # what a model can depend on, whatever file it came from
    truth = frame["label"]
    if usable.boxes is not None:
        truth = boxes.described(frame["id"], usable.boxes)
    lines = zip(frame["id"], truth, survey_of_usable.digest, strict=True)
    hashed = "".join(f"{id_}\0{label}\0{digest}\n" for id_, label, digest in lines)
    digest = hashlib.sha256(hashed.encode()).hexdigest()
    note = folded[1] or f"Split once: {task.single}." * bool(task.single)
    facts = survey_of_usable, digest, folded[0], note
    return Prepared(usable, frame, classes, findings, dropped, *facts)


def _frame(
    items: Items, survey: checks.Survey, rules: SplitRules, slices: Sequence[str], folded: bool
) -> pd.DataFrame:
    """Lay out splits.parquet: id, split, label, what ties items, slices, more columns, path."""
    own = set(items.frame.columns)  # a column of the source's is not replaced by what we measure
    measured = [name for name in items.modality.MEASURES if name not in own]
    source = items.frame.assign(**{name: getattr(survey, name) for name in measured})
    for column in slices:
        check_known("slice", column, source.columns, f"{items.name}: slices")
        renamed = column == "label" and not tasks.get(items.task).has_classes
        if column in TAKEN or renamed or (column == "group" and rules.group not in (None, column)):
            problem = f"{column!r} means another thing here: rename the column to slice by it"
            raise UserError(f"{items.name}: slices: {problem}")
    split = splits.make(items.frame, rules, survey.near, survey.exact)
    frame = source[["id"]].assign(split=split, label=source["label"])
    if (group := splits.groups(items.frame, rules.group)) is not None:
        frame["group"] = group
    # recordings that are nearly the same may hold other words: only equal ones count once
    near = rules.near_copies == "tie" and tasks.get(items.task).has_classes
    family = survey.near if near else survey.exact
    tested = frame.assign(split="test") if folded else frame
    if (named := copies.named(tested, family)) is not None:
        frame[copies.COLUMN] = named
    for column in (*slices, *tasks.get(items.task).columns):
        if column in source.columns:
            frame[column] = source[column]
    return frame.assign(path=source["path"])


def save(
    study: str,
    prepared: Prepared,
    source: str | dict[str, Any],
    split: dict[str, Any] | None = None,
) -> None:
    """Write build/<study>/splits.parquet, folds.parquet, boxes.parquet and data.json."""
    folder, items = paths.build(study), prepared.items
    reasons = prepared.dropped["reason"].value_counts()
    counts = ItemCounts(
        original=items.original,
        loaded=len(prepared.frame) + len(prepared.dropped),
        dropped=len(prepared.dropped),
        used=len(prepared.frame),
        splits=prepared.frame["split"].value_counts().to_dict(),
        labels=prepared.frame["label"].value_counts().to_dict(),
    )
    files.write_parquet(folder / "splits.parquet", prepared.frame)
    files.write_parquet(folder / "folds.parquet", prepared.folds)
    found = boxes.frame(()) if items.boxes is None else items.boxes
    files.write_parquet(folder / "boxes.parquet", found)
    DataRecord(
        study=study,
        task=items.task,
        source=source,
        split=split,
        folds=prepared.folds_note,
        digest=prepared.digest,
        source_digest=items.digest,
        counts=counts,
        classes=list(prepared.classes),
        checks=[finding.summary() for finding in prepared.findings],
        dropped=[Dropped(reason=str(reason), count=n) for reason, n in reasons.items()],
        notes=list(items.notes),
        languages=prepared.survey.languages,
        decoding=dict(items.decoding),
        ceiling=[PublishedResult(**row) for row in items.ceiling],
        licence=items.licence,
        citation=items.citation,
        root=items.root,
    ).write(study)
