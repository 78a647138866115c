"""What the data and the training say against a comparison, told where candidates meet."""

from collections.abc import Collection

import pandas as pd

from helpers.comparison.study_records import StudyRecords
from helpers.core.formatting import names
from helpers.core.records.data import PublishedResult
from helpers.core.records.training import Training
from helpers.data import folds
from helpers.metrics import learning_curves

FOREIGN = 0.2  # share of the texts in other languages than a model's from which it matters
UNREAD = 0.2  # share of the words without a vector: 0.02 in English tweets, 0.24 in German
PIECES = 2.0  # tokens that a word is broken into: 1.2 in English, 2.1 in German, 3.2 in Turkish
SAID_BY = {"D402": "D401"}  # a finding that another one includes


def of_data(records: StudyRecords) -> list[str]:
    """Return the consequence of each finding that touches the scores; every error does."""
    found = {each.code: each for each in records.data.checks if each.count} if records.data else {}
    seen = {code for code, each in found.items() if each.severity != "not checked"}
    told = [found[code] for code in found if SAID_BY.get(code) not in seen or code not in seen]
    errors = {
        each.code: f"{each.title}: {each.detail}." for each in told if each.severity == "error"
    }
    consequences = [each.consequence or errors.get(each.code, "") for each in told]
    return [*filter(None, [_folds(records), *consequences])]


def _folds(records: StudyRecords) -> str:
    """Say how few items were cross-validated, and which candidates took fewer folds."""
    note = records.data.folds if records.data else ""
    slow = [one.candidate for one in records.trainings.values() if one.adaptation in folds.TRAINED]
    if not slow or "split once" in note.lower() or not note:
        return note
    take = "takes" if len(slow) == 1 else "take"
    return f"{note} {names(slow)}, slow to train, {take} one repeat of {folds.SLOW}."


def of_winner(records: StudyRecords, winner: str) -> list[str]:
    """Say why the predictions of the first may not be what they seem: the answer repeats it."""
    doubts = records.trainings[winner].doubts if winner in records.trainings else []
    return [f"Caution, {winner}: {each}" for each in doubts]


def of_training(trainings: Collection[Training], winner: str = "") -> list[str]:
    """Say what speaks against predictions made elsewhere, who read cut texts or improved yet.

    What is said of several candidates is said once; the doubts about the winner are elsewhere.
    """
    cut: dict[str, list[str]] = {}
    said: dict[str, list[str]] = {}
    early, unmoved = [], []
    for training in trainings:
        for each in training.cautions:
            if training.candidate != winner or each not in training.doubts:
                said.setdefault(each, []).append(training.candidate)
        model, history = training.backbone, training.history
        if model.cut:
            limit = f"at most {model.max_tokens} tokens of a text: {model.cut}"
            cut.setdefault(limit, []).append(training.candidate)
        if len(history) > 1 and training.chosen.get("epoch") == history[-1].epoch:
            early.append(training.candidate)
        if training.adaptation == "finetune" and _kept_its_start(training):
            unmoved.append(training.candidate)
    sentences = [f"{names(of)} read{'s' * (len(of) == 1)} {limit}." for limit, of in cut.items()]
    advice = "the last epoch was the best, so longer training might help."
    if unmoved:
        kept = "no epoch of fine-tuning was better on validation than its head alone, which is kept"
        sentences.append(f"{names(unmoved)}: {kept}.")
    doubts = [f"{names(of)}: {each}" for each, of in said.items()]
    return [*doubts, *sentences, *([f"{names(early)}: {advice}"] if early else [])]


def _kept_its_start(training: Training) -> bool:
    """Tell whether the epoch that is kept comes before the last phase's first trained one."""
    phase = training.history[-1].phase if training.history else ""
    of_phase = [each for each in training.history if each.phase == phase]
    trained = [each.epoch for each in of_phase if each.train is not None]
    epoch = training.chosen.get("epoch")
    return bool(trained) and epoch is not None and epoch < trained[0]


def of_engines(trainings: Collection[Training]) -> list[str]:
    """Say which networks OpenVINO could not run, where it ran others: that took other times."""
    by = {each.candidate: (each.cost.engine or "").split(" ")[0] for each in trainings}
    on = {each.candidate: each.cost.device for each in trainings if each.cost.device}
    devices = [(names([each for each in on if on[each] == one]), one) for one in {*on.values()}]
    timed = "; ".join(f"{of} on {one}" for of, one in sorted(devices))
    mixed = [f"Times are of several devices ({timed}): do not compare them."] * (len(devices) > 1)
    slow, fast = ([one for one in by if by[one] == kind] for kind in ("keras", "openvino"))
    if not slow or not fast:
        return mixed
    why = f"OpenVINO could not convert {names(slow)}, so Keras predicted, which is slower"
    return [*mixed, f"{why}: do not compare its cost with that of {names(fast)}."]


def of_languages(records: StudyRecords) -> list[str]:
    """Name the models that read texts of languages, or words, that they hardly know."""
    told = records.data.languages if records.data else {}
    reasons: dict[str, list[str]] = {}
    for training in records.trainings.values():
        model, why = training.backbone, []
        others = {name: count for name, count in told.items() if name != model.language}
        share = sum(others.values()) / max(sum(told.values()), 1)
        if model.language and share >= FOREIGN:
            most = max(others, key=lambda name: others[name])
            why.append(
                f"trained on {model.language}, but {share:.0%} of the texts are not ({most})"
            )
        if (model.unread or 0) >= UNREAD:
            why.append(f"{model.unread:.0%} of the words have no vector")
        if (model.pieces or 0) >= PIECES:
            why.append(f"a word is broken into {model.pieces:.1f} tokens on average")
        if why:
            reasons.setdefault("; ".join(why), []).append(training.candidate)
    advice = "a model of the texts' language may do better."
    return [f"{names(of)}: {why}: {advice}" for why, of in reasons.items()]


def _range(row: PublishedResult) -> str:
    """Write the interval of a share that people reached, if it is known."""
    if row.low is None or row.high is None:
        return ""
    return f" ({100 * row.low:.0f} to {100 * row.high:.0f})"


def of_labels(records: StudyRecords, ranked: pd.DataFrame) -> list[str]:
    """Say what more labels would bring the best candidate with a learning curve, and better ones.

    ``ranked`` has the columns run and accuracy, the best first.
    """
    right = ranked.set_index("run")["accuracy"]
    curves = {name: curve for name in right.index if (curve := records.trainings[name].curve)}
    if not curves:
        return []
    name = next((name for name in curves if not curves[name].reason), next(iter(curves)))
    better = [
        f"Better labels may bring what people dispute: {row.name} agrees with the others on "
        f"{100 * (row.value or 0):.0f} of 100 items{_range(row)}, {name} with the labels on "
        f"{100 * right[name]:.0f}."
        for row in (records.data.ceiling if records.data else [])
        if row.metric == "accuracy"
    ] or ["What better labels would bring is not known: no item has labels of several people."]
    return [learning_curves.sentence(curves[name], name), *better]
