"""What to show of prepared data: examples, balance, what crosses the splits, sentences."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.core.formatting import counted, listed, names
from helpers.data import splits, tasks
from helpers.data.detection import boxes
from helpers.data.items import Items
from helpers.data.preparation import Prepared
from helpers.data.splits import SPLITS

SPEAKERS = "speakers (not grouped by the split)"
CROSSING = "in several splits"


# decoded items, an image with its boxes where it has any, and their captions
Examples = tuple[list[Any], list[str]]


def facts(prepared: Prepared) -> dict[str, str]:
    """Say what the data is: name, licence, citation, size, digest, and what reading decided."""
    items = prepared.items
    values = {
        "name": items.name,
        items.modality.MANY: f"{items.original:,} in the source, {len(prepared.frame):,} used",
        "boxes": _boxes(items),
        "classes": f"{len(prepared.classes)}: {listed(prepared.classes, 12)}",
        "licence": items.licence or "not stated by the source",
        "citation": items.citation or "not stated by the source",
        "notes": "; ".join(items.notes),
        "digest": prepared.digest,
    }
    return {name: value for name, value in values.items() if value}


def examples(prepared: Prepared, each: int = 6, classes: int = 10, seed: int = 42) -> Examples:
    """Choose items of every class, at random, with their labels, transcripts or boxes."""
    random = np.random.default_rng(seed)
    if prepared.items.boxes is not None:
        return _with_boxes(prepared, prepared.items.boxes, (*prepared.classes[:classes],), random)
    labels = prepared.frame["label"].to_numpy()
    rows = [
        int(row)
        for name in prepared.classes[:classes]
        for row in sorted(random.permutation(np.flatnonzero(labels == name))[:each])
    ]
    captions = prepared.frame[tasks.get(prepared.items.task).caption]
    if "sound" in prepared.frame:  # of a recording without speech
        captions = captions.where(captions != "", prepared.frame["sound"])
    return [prepared.items.read(row) for row in rows], [captions[row] for row in rows]


def _with_boxes(
    prepared: Prepared, found: pd.DataFrame, classes: tuple[str, ...], random: np.random.Generator
) -> Examples:
    """Choose two images with a box of each class, and two without any."""
    ids, rows = prepared.frame["id"], list[int]()
    for name in (*classes, ""):
        has = ids.isin(found["id"][found["label"] == name]) if name else ~ids.isin(found["id"])
        drawn = random.permutation(np.flatnonzero(has)).tolist()
        rows += sorted([row for row in drawn if row not in rows][:2])
    captions = boxes.captions(ids.iloc[rows].tolist(), found)
    return [_decoded(prepared, row) for row in rows], captions


def _decoded(prepared: Prepared, row: int) -> Any:
    items = prepared.items
    if items.boxes is None:
        return items.read(row)
    return items.read(row), items.boxes[items.boxes["id"] == prepared.frame["id"].iloc[row]]


def duplicates(prepared: Prepared, families: int = 6) -> Examples:
    """Choose the first two items of each family of duplicates, with their ids and labels."""
    family = pd.Series(prepared.survey.near)
    several = family[family.map(family.value_counts()) > 1]
    pairs = [rows.index[:2] for _, rows in several.groupby(several, sort=False)][:families]
    chosen = prepared.frame.iloc[[row for pair in pairs for row in pair]]
    captions = (chosen["id"] + ": " + chosen["label"]).tolist()
    return [_decoded(prepared, row) for row in chosen.index], captions


def balance(prepared: Prepared) -> pd.DataFrame:
    """Count items, or boxes, of each class in each split: a row per class, a column per split."""
    table = prepared.frame
    if prepared.items.boxes is not None:
        table = prepared.items.boxes[["id", "label"]].merge(table[["id", "split"]])
    counts = pd.crosstab(table["label"], table["split"])
    counts = counts.reindex(index=prepared.classes, columns=list(SPLITS), fill_value=0)
    return counts.rename_axis(index="class", columns=None)


def counted_as(prepared: Prepared) -> str:
    """Name what has a class."""
    return prepared.items.modality.MANY if prepared.items.boxes is None else "boxes"


def dropped(prepared: Prepared) -> pd.DataFrame:
    """Count what was left out, by reason, with a few ids of each."""
    groups = prepared.dropped.groupby("reason")["id"]
    rows = [(reason, len(ids), listed(ids)) for reason, ids in groups]
    return pd.DataFrame(rows, columns=["reason", prepared.items.modality.MANY, "such as"])


def split_leakage_table(prepared: Prepared) -> pd.DataFrame:
    """Count what must stay in one split, and what crosses the saved splits; speakers as well."""
    frame, modality = prepared.frame, prepared.items.modality
    values = {
        "ids": frame["id"].to_numpy(),
        f"{modality.MANY} with {modality.SAME}": prepared.survey.exact,
        "families of near-duplicates": prepared.survey.near,
    }
    if "group" in frame.columns:
        values["groups"] = frame["group"].to_numpy()
    if "speaker" in frame.columns:
        grouped = frame.get("group", pd.Series()).equals(frame["speaker"])
        values["speakers" if grouped else SPEAKERS] = frame["speaker"].to_numpy()
    several = f"with several {modality.MANY}"
    rows = []
    for what, each in values.items():
        groups = pd.Series(frame["split"].to_numpy()).groupby(each)
        crossing = int((groups.nunique() > 1).sum())
        row = {"what": what, "different": groups.ngroups, several: int((groups.size() > 1).sum())}
        rows.append(row | {CROSSING: crossing})
    return pd.DataFrame(rows)


def sentences(prepared: Prepared) -> list[str]:
    """Say in words what the data is, what is wrong with it and how it was split."""
    modality, checks = prepared.items.modality, len(prepared.findings)
    used = f"All {modality.MANY} could be used."
    if lost := len(prepared.dropped):
        used = f"{counted(lost, modality.ONE, modality.MANY)} left out."
    checked = f"None of the {checks} checks found anything."
    if found := [each for each in prepared.findings if each.count]:
        codes = "; ".join(f"{each.code} {each.title} ({each.count})" for each in found)
        checked = f"{len(found)} of {checks} checks found something: {codes}."
    texts = [*_sizes(prepared), _source_split(prepared), used, checked, _leakage(prepared)]
    return [*filter(None, texts), *(each.consequence for each in found if each.consequence)]


def _sizes(prepared: Prepared) -> list[str]:
    """Say how many items each split has, and what always naming the largest class scores."""
    classes, found = balance(prepared).sum(axis=1), prepared.items.boxes
    sizes = prepared.frame["split"].value_counts().reindex(list(SPLITS), fill_value=0)
    total, many = int(sizes.sum()), prepared.items.modality.MANY
    with_boxes = "" if found is None else f" with {counted(len(found), 'box', 'boxes')}"
    size = (
        f"{total:,} {many}{with_boxes} in {counted(len(classes), 'class', 'classes')}: "
        f"{sizes['train']:,} for training, {sizes['validation']:,} for validation, "
        f"{sizes['test']:,} for testing."
    )
    if found is not None:
        return [size, f"Boxes: {_boxes(prepared.items)}.", prepared.folds_note]
    if not tasks.get(prepared.items.task).has_classes:
        return [size]
    most = f"Always predicting {classes.idxmax()} has an accuracy of {classes.max() / total:.1%}"
    return [size, f"{most}, the baseline that every model must beat.", prepared.folds_note]


def _boxes(items: Items) -> str:
    """Count boxes, those ignored, and images without any; empty where no box is looked for."""
    if (found := items.boxes) is None:
        return ""
    per, ignored = len(found) / max(found["id"].nunique(), 1), int(found["ignored"].sum())
    also = f", {ignored:,} of them ignored" if ignored else ""
    empty = len(items.frame) - found["id"].nunique()
    return f"{len(found):,}{also}, {per:.1f} in an image that has any; {empty:,} images have none"


def _source_split(prepared: Prepared) -> str:
    if "split" not in prepared.items.frame.columns:
        return ""
    source, ours = prepared.items.frame, (prepared.frame["split"] == "test").to_numpy()
    if (ours == (source["split"] == "test")).all():
        trained = "train" in set(prepared.frame["split"]) - set(source["split"])
        also = " It has no train split: its validation is trained on." if trained else ""
        return f"The source comes with a split; its test set is used.{also}"
    if (ours == (splits.published(source)["split"] == "test")).all():
        return ""  # D415 says that its validation is the test
    has = names(sorted({*source["split"]}))
    return f"The source comes with a split ({has}), which is not used: the split is drawn here."


def _leakage(prepared: Prepared) -> str:
    crossing = split_leakage_table(prepared).set_index("what")[CROSSING]
    speakers = int(crossing.get(SPEAKERS, 0))
    if families := int(crossing.sum()) - speakers:
        what = counted(families, "family or group appears", "families or groups appear")
        return f"{what} in more than one split: the test is easier than real use."
    but = f", but {counted(speakers, 'speaker does', 'speakers do')}" if speakers else ""
    one = prepared.items.modality.ONE
    return f"No {one}, duplicate or group appears in more than one split{but}."
