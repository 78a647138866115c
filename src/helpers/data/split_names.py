"""How data sets name their splits: train2017, seg_test, Val Data, 訓練集."""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.core.errors import UserError
from helpers.core.formatting import names as listed
from helpers.data.items import Found

HELD_OUT = "held out"  # what is validation next to a test split, and the test otherwise
KINDS = {
    "train": "train training trainings trainval traindev entrenamiento treino entrainement "
    "addestramento обучение 训练 訓練 学習 학습 훈련",
    "validation": "validation validate valid val dev devel development validacion validacao "
    "validierung validierungs validazione валидация 验证 驗證 検証 검증",
    "test": "test testing prueba teste prova тест 测试 測試 テスト 시험 테스트",
    HELD_OUT: "eval evaluation holdout heldout",
}
SHORT = dict.fromkeys(("tr", "trn"), "train") | dict.fromkeys(("te", "ts", "tst"), "test")
SHORT |= {"va": "validation"}
PLAIN = {  # what adds nothing to a split's name
    *("set", "sets", "data", "dataset", "datasets", "split", "splits", "subset", "part", "folder"),
    *("files", "samples", "image", "images", "img", "imgs", "pictures", "pics", "photos", "jpg"),
    *("jpeg", "png", "text", "texts", "txt", "audio", "wav", "wavs", "clips", "recordings"),
    *("labelled", "labeled", "unlabelled", "unlabeled", "public", "private", "clean", "other"),
    *("full", "final", "raw", "daten", "bilder", "용", "用", "集", "数据", "數據"),
}
BESIDE = {  # what lies beside the images of a split: train_masks is no train split
    *("mask", "masks", "label", "labels", "annotation", "annotations", "seg", "segmentation"),
    *("segmentations", "gt", "xml", "depth"),
}
AFTER = r"(?:[-_]of[-_](\d+))?(?=[-.])"
SHARD = re.compile(rf"(?:\b(?:part|shard|chunk)[-_]?|[-_.](?=\d+[-_]of[-_]))(\d+){AFTER}", re.I)
_KIND = {word: kind for kind, words in KINDS.items() for word in words.split()}
_KIND |= {word + plain: kind for word, kind in _KIND.items() for plain in PLAIN}


def kinds(names: Iterable[str], short: bool = False) -> dict[str, str]:
    """Tell which of some names are splits, and of what kind; ``short`` allows tr and te.

    A name is that of a split if it has one word for a split, and nothing else that means anything
    or only what a split of another kind has too: seg_train and seg_test, not train_station.
    """
    said, sharing = {name: read(name, short) for name in names}, defaultdict(set)
    for kind, rest in said.values():
        sharing[rest].add(kind)
    return {
        name: kind
        for name, (kind, rest) in said.items()
        if kind and (not rest or len(sharing[rest] - {""}) > 1)
    }


def spoken_of(names: Iterable[str]) -> dict[str, str]:
    """Tell which names have a word for a split, whatever else they say: test_augmented."""
    said = {name: read(name) for name in names}
    return {n: kind for n, (kind, rest) in said.items() if kind and BESIDE.isdisjoint(rest.split())}


def translate(found: dict[str, str]) -> dict[str, str]:
    """Call each split train, validation or test, now that it is known which others there are."""
    held_out = "validation" if "test" in found.values() else "test"
    return {name: held_out if kind == HELD_OUT else kind for name, kind in found.items()}


def translated(values: Iterable[str]) -> dict[str, str]:
    """Translate the split names among some values, which may be short as in a column."""
    return translate(kinds(dict.fromkeys(values), short=True))


def note(counts: Mapping[tuple[str, str], int]) -> str:
    """Say which of the source's splits became which of ours, from the items of each pair."""
    drawn = {kind for (_, kind), count in counts.items() if count} == {"train"}
    none = "holds no classes" + (": the test is drawn from train" if drawn else "")
    said = [
        f"{name} ({count:,}) {f'is {kind}' if count else none}"
        for (name, kind), count in sorted(counts.items(), key=lambda pair: (not pair[1], pair[0]))
    ]
    return f"splits of the source: {listed(said)}"


def of_column(values: Iterable[Any], where: str) -> list[str]:
    """Translate a column of split names; raises UserError for one that is none."""
    texts = ["" if value is None or value != value else str(value).strip() for value in values]
    ours = translated(texts)
    if wrong := [text for text in texts if text not in ours]:
        what = listed([*map(repr, dict.fromkeys(wrong))], 4)
        needed = "train, validation or test needed; rename the column if it is not a split"
        raise UserError(f"{where}: split {what} in {len(wrong)} of {len(texts)} rows: {needed}")
    return [ours[text] for text in texts]


def shards(path: Path) -> Found | None:
    """Tell whether a file is one part of several: train-00000-of-00002.parquet, part-00001.csv."""
    if not (match := SHARD.search(path.name)) or not os.access(path.parent, os.R_OK):
        return None
    alike = re.compile(re.escape(path.name[: match.start(1)]) + r"\d+" + AFTER)
    found = [each.name for each in path.parent.iterdir() if alike.match(each.name)]
    others = sorted(name for name in found if name != path.name and name.endswith(path.suffix))
    total = max(int(match[2] or 0), len(others) + 1)
    if total == 1:
        return None
    words = f"{path.name} is one of {total} parts, {len(others)} of them beside it, not read"
    detail = f"{words}: {listed(others, 4) if others else 'none'}; join them to one table"
    return Found(total - 1, detail, consequence=f"{words}: the scores are for one part.")


def beside(path: Path) -> Found | None:
    """Find other splits beside a file or folder that is itself called as one: test.csv."""
    if not os.access(path.parent, os.R_OK):
        return None
    alike = {
        each.name.removesuffix(path.suffix): each.name
        for each in path.parent.iterdir()
        if each.suffix == path.suffix and each.is_dir() == path.is_dir()
    }
    found = kinds(alike)
    own = found.get(path.name.removesuffix(path.suffix))
    others = sorted(alike[name] for name, each in found.items() if own and each != own)
    if not others:
        return None
    cure = "name the folder above, or join tables to one with a column split"
    return Found(len(others), f"beside {path.name}: {listed(others)}; {cure}")


def read(name: str, short: bool = False) -> tuple[str, str]:
    """Return the kind of split that a name speaks of, empty if none, and its other words."""
    bare = re.sub("[\u0300-\u0304\u0327]", "", unicodedata.normalize("NFKD", name))  # validação
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFC", bare))
    text = re.sub(r"\b(hold|held)[-_ ]out\b", r"\1out", text.casefold())
    known = _KIND | SHORT if short else _KIND
    words = re.findall(r"[^\W\d_]+", text)
    found = {known[word] for word in words if word in known}
    rest = " ".join(
        word for word in words if word not in known and word not in PLAIN and word != "v"
    )
    if found == {"train", "validation"}:  # train_val
        found = {"train"}
    return (found.pop() if len(found) == 1 else ""), rest
