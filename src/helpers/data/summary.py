"""What to show of prepared data: examples, balance, the proof of the split, sentences."""

import numpy as np
import pandas as pd

from helpers.core.formatting import counted
from helpers.data import tasks
from helpers.data.preparation import Prepared
from helpers.data.splits import SIDES

SPEAKERS = "speakers, whom the split does not part"


def facts(prepared: Prepared) -> dict[str, str]:
    """Say what the data is: name, licence, citation, size, digest, and what reading decided."""
    items = prepared.items
    known = {
        "name": items.name,
        items.modality.MANY: f"{items.original:,} in the source, {len(prepared.frame):,} used",
        "classes": f"{len(prepared.classes)}: {', '.join(prepared.classes[:12])}",
        "licence": items.licence or "not stated by the source",
        "citation": items.citation or "not stated by the source",
        "notes": "; ".join(items.notes),
        "digest": prepared.digest,
    }
    return {name: value for name, value in known.items() if value}


def examples(prepared: Prepared, each: int = 6, classes: int = 10, seed: int = 42) -> tuple:
    """Choose items of every class, at random.

    Returns
    -------
    tuple
        A list of decoded items and a list of captions: the class names.
    """
    random = np.random.default_rng(seed)
    labels = prepared.frame["label"].to_numpy()
    rows = [
        row
        for name in prepared.classes[:classes]
        for row in sorted(random.permutation(np.flatnonzero(labels == name))[:each])
    ]
    captions = prepared.frame[tasks.get(prepared.items.task).caption]
    if "sound" in prepared.frame:  # of a recording without speech
        captions = captions.where(captions != "", prepared.frame["sound"])
    return [prepared.items.read(row) for row in rows], [captions[row] for row in rows]


def copies(prepared: Prepared, families: int = 6) -> tuple[list, list]:
    """Choose the first two items of each family of copies, as ``examples`` does."""
    family = pd.Series(prepared.survey.near)
    several = family[family.map(family.value_counts()) > 1]
    pairs = [rows.index[:2] for _, rows in several.groupby(several, sort=False)][:families]
    chosen = prepared.frame.iloc[[row for pair in pairs for row in pair]]
    captions = (chosen["id"] + ": " + chosen["label"]).tolist()
    return [prepared.items.read(row) for row in chosen.index], captions


def balance(prepared: Prepared) -> pd.DataFrame:
    """Count each class on each side: a row a class, a column a side."""
    counts = pd.crosstab(prepared.frame["label"], prepared.frame["split"])
    counts = counts.reindex(index=prepared.classes, columns=list(SIDES), fill_value=0)
    return counts.rename_axis(index="class", columns=None)


def dropped(prepared: Prepared) -> pd.DataFrame:
    """Count what was left out, by reason, with a few ids of each."""
    groups = prepared.dropped.groupby("reason")["id"]
    rows = [(reason, len(ids), ", ".join(ids.iloc[:5])) for reason, ids in groups]
    return pd.DataFrame(rows, columns=["reason", prepared.items.modality.MANY, "such as"])


def proof(prepared: Prepared) -> pd.DataFrame:
    """Count what must not be on two sides, and how often it is, from the saved sides alone.

    Speakers may be, where the split does not go by them: they are counted too, and named so.
    """
    sides, modality = prepared.frame["split"].to_numpy(), prepared.items.modality
    kept = {
        "ids": prepared.frame["id"].to_numpy(),
        f"{modality.MANY} with {modality.SAME}": prepared.survey.exact,
        "families of near-duplicates": prepared.survey.near,
    }
    if "group" in prepared.frame.columns:
        kept["groups"] = prepared.frame["group"].to_numpy()
    if "speaker" in prepared.frame.columns:
        grouped = prepared.frame.get("group", pd.Series()).equals(prepared.frame["speaker"])
        kept["speakers" if grouped else SPEAKERS] = prepared.frame["speaker"].to_numpy()
    rows = [(what, *_crossing(values, sides)) for what, values in kept.items()]
    several = f"with several {modality.MANY}"
    return pd.DataFrame(rows, columns=["what", "different", several, "on two sides"])


def _crossing(values: np.ndarray, sides: np.ndarray) -> tuple[int, int, int]:
    grouped = pd.Series(sides).groupby(values)
    return grouped.ngroups, int((grouped.size() > 1).sum()), int((grouped.nunique() > 1).sum())


def sentences(prepared: Prepared) -> list[str]:
    """Say in words what the data is, what was wrong with it and how it was split."""
    counts = balance(prepared)
    total, sizes, classes = int(counts.to_numpy().sum()), counts.sum(), counts.sum(axis=1)
    widest = classes.idxmax()
    proven = proof(prepared).set_index("what")["on two sides"]
    voices = int(proven.get(SPEAKERS, 0))
    crossing = int(proven.sum()) - voices
    besides = f", but {counted(voices, 'speaker is', 'speakers are')}" if voices else ""
    crossed = counted(crossing, "family or group is", "families or groups are")
    found = [each for each in prepared.findings if each.count]
    worst = [f"{each.code} {each.title.lower()} ({each.count})" for each in found]
    lost, one, many = len(prepared.dropped), *_words(prepared)
    said = [
        f"{total:,} {many} of {counted(len(classes), 'class', 'classes')}: "
        f"{sizes['train']:,} train, {sizes['validation']:,} validate, {sizes['test']:,} test.",
        f"Always answering {widest} would be right on {classes.max() / total:.1%} of them: "
        "that is what an accuracy must beat."
        if tasks.get(prepared.items.task).has_classes
        else "",
        _own_split(prepared),
        f"{counted(lost, f'{one} was', f'{many} were')} left out."
        if lost
        else f"Every {one} could be used.",
        f"{len(found)} of {len(prepared.findings)} checks found something: {'; '.join(worst)}."
        if found
        else f"None of the {len(prepared.findings)} checks found anything.",
        f"No {one}, copy or group is on two sides{besides}."
        if not crossing
        else f"{crossed} on two sides: the test is easier than the world.",
        _speakers(prepared),
    ]
    return [sentence for sentence in said if sentence]


def _own_split(prepared: Prepared) -> str:
    """Say whether the source's own split decides what is tested."""
    if "split" not in prepared.items.frame.columns:
        return ""
    own, sides = prepared.items.frame["split"] == "test", prepared.frame["split"] == "test"
    kept = (own.to_numpy() == sides.to_numpy()).all()
    what = "whose test side is kept" if kept else "which is not used"
    return f"The source has a split of its own, {what}."


def _speakers(prepared: Prepared) -> str:
    """Say what the voices let a score mean."""
    if "speaker" not in prepared.frame.columns:
        return ""
    codes = {each.code: each.count for each in prepared.findings if each.count}
    voices = prepared.frame["speaker"].nunique()
    if "D407" in codes:
        spoken = prepared.frame.groupby("speaker")["label"].unique()
        both = [f"{name} ({', '.join(sorted(of))})" for name, of in spoken.items() if len(of) > 1]
        said = (
            f"{voices} voices speak the {len(prepared.classes)} classes, and a voice of its own "
            f"speaks {codes['D407']} of these: to know it is to know the class, and nothing is "
            "known of new voices."
        )
        only = f" Several classes are spoken by {'; '.join(both)}: there the voice is no help."
        return said + (only if both else "")
    if "D406" in codes:
        return "Voices that are tested were trained on: the score is not one of new voices."
    if "D409" in codes:
        return (
            f"{counted(voices, 'voice')} in all: whatever is found holds for "
            f"{'these voices' if voices > 1 else 'this voice'}, and says little of others."
        )
    return ""


def _words(prepared: Prepared) -> tuple[str, str]:
    return prepared.items.modality.ONE, prepared.items.modality.MANY
