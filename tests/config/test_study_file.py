"""Study files: what they expand to, and one clear line for each way they can be wrong."""

import pytest
from factories import quickly
from factories.repository import REPOSITORY

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.pipeline import stage_parameters

GOOD = """\
# What it shows.
# How long.
task: image-classification
data: {source: elpv, split: {test: 0.2, seed: 7}}
candidates:
  - baseline: majority
  - probe: [efficientnet-lite0, "keras:ResNet50"]
  - finetune: {best: 2, epochs: 3, rate: 1e-4}
evaluate: {primary: macro-f1, slices: [cell_type]}
expect: {winner-macro-f1: [0.8, 0.9]}
"""


def parse(root, text):
    file = root / "params" / "study.yaml"
    file.write_text(text)
    return study_file.parse(file)


def test_a_study_expands_to_named_candidates_with_typed_options(repository):
    study = parse(repository, GOOD)
    assert study.contract == "What it shows. How long."
    assert [candidate.name for candidate in study.candidates] == [
        "majority",
        "probe-efficientnet-lite0",
        "probe-keras-resnet50",
        "finetune-best-2",
    ]
    assert study.candidate("finetune-best-2").options["rate"] == 1e-4  # YAML reads 1e-4 as text
    assert study.candidate("finetune-best-2").options["augment"] == ["flip"]


def test_seeds_make_a_candidate_each(repository):
    text = GOOD.replace(
        "{best: 2, epochs: 3, rate: 1e-4}", "{model: efficientnet-lite0, seeds: [3, 4]}"
    )
    study = parse(repository, text)
    names = [candidate.name for candidate in study.candidates[-2:]]
    assert names == ["finetune-efficientnet-lite0-seed-3", "finetune-efficientnet-lite0-seed-4"]
    assert stage_parameters.of(study, "2-train", names[1])["seed"] == 4


def test_a_line_lists_the_keys_that_a_file_may_have_and_no_others(repository):
    """Keys that are set automatically are not offered; a candidate's own ones are."""
    with pytest.raises(UserError) as error:
        parse(repository, GOOD + "foo: 1\n")
    allowed = str(error.value).partition("(allowed: ")[2].rstrip(")").split(", ")
    ours = {"name", "file", "contract", "contenders", "primary_chosen"}
    fields = study_file.Study.model_fields.keys() - ours
    assert set(allowed) == fields
    with pytest.raises(UserError, match="allowed: model, name, seeds, best, weights"):
        parse(repository, GOOD.replace("epochs: 3", "foo: 3"))


@pytest.mark.parametrize(
    "name",
    sorted(f.stem for f in (REPOSITORY / "params").rglob("*.yaml") if f.parent.name != "catalogue"),
)
def test_every_shipped_study_is_valid_and_opens_with_its_contract(name, monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    study = study_file.load(name)
    assert "Expect" in study.contract and "minutes" in study.contract
    assert study.expect


BAD = {
    "unknown key": ("task:", "tsk:", "unknown key 'tsk'; did you mean 'task'?"),
    "unknown nested key": ("seed: 7", "sed: 7", "data.split.sed'; did you mean"),
    "unknown data set": ("elpv", "elpw", "unknown data set 'elpw'; did you mean 'elpv'?"),
    "unknown model": (
        "efficientnet-lite0",
        "eficientnet-lite0",
        "did you mean 'efficientnet-lite0'?",
    ),
    "unknown keras model": ("ResNet50", "Resnet5", "did you mean 'keras:ResNet50'?"),
    "unknown baseline": ("majority", "majorty", "did you mean 'majority'?"),
    "unknown adaptation": ("- probe", "- prob", "unknown adaptation 'prob'; did you mean 'probe'?"),
    "unknown option": ("epochs: 3", "epoch: 3", "unknown key 'epoch'; did you mean 'epochs'?"),
    "a key of another place": (
        "expect:",
        "seeds: [1]\nexpect:",
        "to a candidate, as in `- finetune:",
    ),
    "a key one level up": ("split: {test: 0.2, seed: 7}", "test: 0.2", "to `data.split`"),
    "a key of the top": ("epochs: 3", "primary: accuracy", "belongs to `evaluate`"),
    "a key of a source": ("expect:", "encoding: utf-8\nexpect:", "to `data.source.folder` or"),
    "wrong type": ("epochs: 3", "epochs: many", "epochs: must be a whole number, not"),
    "out of range": ("rate: 1e-4", "rate: 0", "rate: must be greater than 0, not 0"),
    "unknown metric": ("primary: macro-f1", "primary: macro-f2", "did you mean 'macro-f1'?"),
    "unknown slice": ("cell_type", "celltype", "did you mean 'cell_type'?"),
    "unknown task": ("image-classification", "image-clasification", "'image-classification'"),
    "a list as task": ("image-classification", "[x]", "unknown task"),
    "test takes all": ("test: 0.2", "test: 0.9", "test + validation is 1.05"),
    "too few probes": ("best: 2", "best: 3", "best: 3 of 2 probe(s)"),
    "missing key": ("task: image-classification\n", "", "the key 'task'"),
    "key twice": ("expect:", "task: x\nexpect:", "line 10: the key 'task' is given twice"),
    "broken YAML": ("expect: {", "expect: {{", "line 11"),
    "expectation of an unknown candidate": (
        "winner-macro",
        "winer-macro",
        "did you mean 'winner-macro-f1'?",
    ),
    "expectation upside down": ("[0.8, 0.9]", "[0.9, 0.8]", "low 0.9 is above high 0.8"),
    "no candidates": ("candidates:\n", "candidates: []\nthreads:\n", "a list is needed"),
    "candidate twice": (
        "baseline: majority",
        "baseline: [majority, majority]",
        "candidate name majority",
    ),
    "missing file": ("source: elpv", "source: {npy: {data: d.npy, labels: l.npy}}", "no such file"),
    "missing folder": ("source: elpv", "source: {folder: nowhere}", "no such file: nowhere"),
    "unknown source": ("source: elpv", "source: {fold: x}", "did you mean 'folder'?"),
    "unknown source field": ("source: elpv", "source: {table: {fil: x}}", "did you mean 'file'?"),
    "a key of the data": ("source: elpv,", "source: elpv, label: x,", "did you mean 'labels'? Oth"),
    "a misspelt merge": (
        "source: elpv,",
        "source: elpv, labels: {aliek: 1},",
        "'data.labels.aliek' (allowed: merge)",
    ),
    "no merge": (
        "source: elpv,",
        "source: elpv, groups: alike,",
        "data.groups: a mapping is needed",
    ),
    "a merge alone": (
        "source: elpv,",
        "source: elpv, labels: {merge: aliek},",
        "data.labels.merge:",
    ),
    "labels of the catalogue": (
        "source: elpv,",
        "source: elpv, labels: {merge: alike},",
        "data.source: elpv: labels of the catalogue",
    ),
    "merge of another source": (
        "source: elpv,",
        "source: elpv, shift: [{folder: params, labels: {aliek: 1}}],",
        "data.shift.labels: unknown key 'aliek'",
    ),
    "a key beside the source": (
        "source: elpv,",
        "source: {folder: params, limit: 50},",
        "unknown key 'limit': it belongs to `data`",
    ),
    "a source beside the source": ("source: elpv,", "folder: x,", "belongs to `data.source`"),
    "the beginning of a key": (
        "source: elpv,",
        "source: {table: {file: x, sep: x}},",
        "did you mean 'separator'?",
    ),
    "no model": ("{best: 2, epochs: 3, rate: 1e-4}", "[]", "finetune: no model is named"),
    "no seed": ("{best: 2, epochs: 3, rate: 1e-4}", "{model: efficientnet-lite0, seeds: []}", "[]"),
    "nothing for seeds": (
        "{best: 2, epochs: 3, rate: 1e-4}",
        "{model: efficientnet-lite0, seeds: }",
        "finetune: seeds: one or more whole numbers are needed, not None",
    ),
    "a misspelt key of another place": (
        "seed: 7",
        "seeds: 7",
        "did you mean 'seed'? Otherwise it belongs to a candidate",
    ),
    "a list as source": ("source: elpv,", "source: [elpv],", "data.source: must be text or a map"),
    "a name as section": (
        "split: {test: 0.2, seed: 7}",
        "split: x",
        "such as {test: ...}, not 'x'",
    ),
    "a name as list": ("[cell_type]", "cell_type", "evaluate.slices: a list is needed"),
    "not a mapping": (GOOD, "- a list", "a mapping with task, data and candidates is needed"),
}


FOLDS = """\
# Folds.
task: text-classification
data: {source: reuters-r8, split: {folds: 10}}
candidates:
  - baseline: majority
"""
ONE_SPLIT = {
    "predictions": "  - predictions: theirs.csv\n",
    "finalists": "  - probe: all-minilm-l6-v2\n  - finetune: {best: 1}\n",
    "robustness": "robustness: {noises: [typos]}\n",
}


@pytest.mark.parametrize("why", ONE_SPLIT)
def test_folds_are_refused_in_a_line_where_a_study_needs_one_split(repository, why):
    (repository / "theirs.csv").write_text("id,prediction\n")
    assert parse(repository, FOLDS).single == ""
    with pytest.raises(UserError, match=f"data.split.folds: .*{why}.*: leave folds out") as caught:
        parse(repository, FOLDS + ONE_SPLIT[why])
    assert "\n" not in str(caught.value)
    once = parse(repository, (FOLDS + ONE_SPLIT[why]).replace("folds: 10", "folds: 1"))
    assert why in once.single
    split = stage_parameters.of(once, "1-data")["split"]
    assert split["folds"] == 1 and split["single"] == once.single


@pytest.mark.parametrize("wrong", BAD)
def test_a_wrong_study_gets_one_clear_line(repository, wrong):
    old, new, expected = BAD[wrong]
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        parse(repository, GOOD.replace(old, new, 1))
    message = str(caught.value)
    assert expected in message
    assert message.startswith("params/study.yaml") and "\n" not in message


def test_an_unknown_study_is_answered_with_the_closest(repository):
    (repository / "params" / "solar-cells.yaml").write_text(GOOD)
    with pytest.raises(UserError, match="did you mean 'solar-cells'"):
        study_file.load("solar-cell")


CHOSEN = {
    "prediction_sets: 90": "evaluate.prediction_sets: must be less than 1, not 90",
    "prediction_sets: 0.1": "evaluate.prediction_sets: must be greater than or equal to",
    "threshold: {recall: 0.9}": "the key 'evaluate.threshold.positive' is required",
    "threshold: {positive: a}": "threshold: one of recall, precision and cost",
    "threshold: {positive: a, recall: 0.9, precision: 0.9}": "threshold: one of recall,",
    "threshold: {positive: a, recall: 95}": "threshold.recall: must be less than or",
    "threshold: {positive: a, cost: {false_positive: 1}}": "threshold: one of recall, precision",
    "threshold: {positive: true, recall: 0.9}": "threshold.positive: a name is needed, in",
    "threshold: {positive: a, recal: 0.9}": "did you mean 'recall'?",
}


@pytest.mark.parametrize("wrong", CHOSEN)
def test_a_wrong_level_or_threshold_gets_one_clear_line(repository, wrong):
    with pytest.raises(UserError) as caught:
        parse(repository, GOOD.replace("evaluate: {", f"evaluate: {{{wrong}, "))
    assert CHOSEN[wrong] in str(caught.value) and "\n" not in str(caught.value)


def test_a_threshold_comes_to_the_notebook_as_it_stands_in_the_study(repository):
    costs = "cost: {false_positive: 1, false_negative: 20}"
    text = GOOD.replace("evaluate: {", f"evaluate: {{threshold: {{positive: 1, {costs}}}, ")
    given = stage_parameters.of(parse(repository, text), "3-evaluate", "majority")
    cost = {"false_positive": 1.0, "false_negative": 20.0}
    assert given["threshold"] == {"positive": "1", "cost": cost} and given["prediction_sets"] == 0.9
    plain = stage_parameters.of(parse(repository, GOOD), "3-evaluate", "majority")
    assert plain["threshold"] is None


@pytest.mark.parametrize("key", ["prediction_sets: 0.8", "threshold: {positive: a, recall: 0.9}"])
def test_speech_has_no_prediction_sets_and_no_threshold(repository, key):
    text = "task: speech-recognition\ndata: {source: prompts-english}\ncandidates:\n"
    text += "  - baseline: empty-transcript\n"
    with pytest.raises(UserError, match="not supported by speech-recognition"):
        parse(repository, f"{text}evaluate: {{{key}}}\n")
    assert parse(repository, text).task == "speech-recognition"


TEXTS = """\
# What it shows.
task: text-classification
data: {source: sentiment-tweets, split: {test: 0.2}, shift: [sentiment-nyt]}
candidates:
  - baseline: [majority, tfidf-svm]
  - probe: [glove-6b-50d, all-minilm-l6-v2]
  - finetune: {model: all-minilm-l6-v2, max_tokens: 64, unfreeze: 1}
robustness: {noises: [typos], severities: [0.1]}
evaluate: {slices: [words], correlate: {column: rating, values: {negative: -1}}}
"""

BAD_TEXTS = {
    "pixels of texts": ("tfidf-svm", "pixels", "unknown baseline of texts 'pixels'"),
    "vectors to train": (
        "finetune: {model: all-minilm-l6-v2, max_tokens: 64, unfreeze: 1}",
        "finetune: glove-6b-50d",
        "finetune: glove-6b-50d: cannot be trained further: list it under probe",
    ),
    "vectors to choose": (
        "- finetune: {model: all-minilm-l6-v2, max_tokens: 64, unfreeze: 1}",
        "- finetune: {best: 2}",
        "finetune: best: 2 of 1 probe(s) that can be",
    ),
    "its baselines": ("tfidf-svm", "pixels", "(allowed: majority, tfidf-logistic, tfidf-svm)"),
    "an image network": ("glove-6b-50d", "efficientnet-lite0", "reads images, not texts"),
    "keras of texts": ("glove-6b-50d", "'keras:ResNet50'", "unknown kind of model 'keras'"),
    "a picture's option": ("max_tokens: 64", "image_size: 64", "unknown key 'image_size'"),
    "pictures as data": ("sentiment-tweets", "elpv", "elpv is for image-classification, not"),
    "arrays as data": ("source: sentiment-tweets", "source: {npy: d}", "unknown data source 'npy'"),
    "unknown noise": ("[typos]", "[typo]", "'typo'; did you mean 'typos'?"),
    "severity over 1": ("[0.1]", "[10]", "severities"),
    "unknown other source": ("[sentiment-nyt]", "[sentiment-ny]", "did you mean 'sentiment-nyt'?"),
    "unknown slice": ("[words]", "[word]", "did you mean 'words'?"),
    "a layer by name": ("all-minilm-l6-v2]", "all-minilm-l6-v2@top]", "named by its number"),
}


def test_a_text_study_expands_to_its_own_options(repository):
    study = parse(repository, TEXTS)
    tuned = study.candidate("finetune-all-minilm-l6-v2").options
    assert (tuned["unfreeze"], tuned["decay"]) == (1, "linear") and "augment" not in tuned
    data = stage_parameters.of(study, "1-data")
    assert data["kept"] == ["rating"] and data["shift"] == ["sentiment-nyt"]
    assert stage_parameters.of(study, "2-train", "majority")["robustness"]["items"] == 300


@pytest.mark.parametrize("wrong", BAD_TEXTS)
def test_a_wrong_text_study_gets_one_clear_line(repository, wrong):
    old, new, expected = BAD_TEXTS[wrong]
    assert old in TEXTS
    with pytest.raises(UserError) as caught:
        parse(repository, TEXTS.replace(old, new, 1))
    assert expected in str(caught.value) and "\n" not in str(caught.value)


def test_a_text_model_in_an_image_study_is_one_line(repository):
    with pytest.raises(UserError, match="all-minilm-l6-v2 reads texts, not images"):
        parse(repository, GOOD.replace("efficientnet-lite0", "all-minilm-l6-v2", 1))


SPEECH = """\
# What it shows.
task: speech-recognition
data: {source: prompts-english}
candidates: [{baseline: empty-transcript}, {zeroshot: whisper-tiny.en}]
"""


@pytest.mark.parametrize(
    ("old", "new", "test", "given"),
    [
        ("", "", 1.0, None),
        ("english}", "english, split: {seed: 3}}", 1.0, None),
        ("english}", "english, split: {test: 1.0}}", 1.0, False),
        ("english}", "english, split: {test: 0.5}}", 0.5, False),
        ("english}", "english, split: {given: true}}", 1.0, True),
        ("empty-transcript", "frequent-transcript", 0.25, None),
        ("candidates", "evaluate: {noise: {babble: [5]}}\ncandidates", 0.25, None),
        ("candidates", "evaluate: {noise: {white: [5]}}\ncandidates", 1.0, None),
    ],
)
def test_speech_is_tested_on_everything_unless_something_is_learned(
    repository, old, new, test, given
):
    split = parse(repository, SPEECH.replace(old, new)).data.split
    assert (split.test, split.given) == (test, given)


def test_what_is_trained_needs_more_than_a_test(repository):
    with pytest.raises(UserError, match="data.split.test: 1 leaves nothing to train on"):
        parse(repository, GOOD.replace("test: 0.2", "test: 1"))


def test_transcripts_decide_the_metric_unless_the_study_does(repository):
    study = parse(repository, SPEECH)
    stages = [("3-evaluate", "empty-transcript"), ("4-compare", None)]
    assert study.evaluate.primary == "word-error-rate"
    assert [stage_parameters.of(study, *each)["primary"] for each in stages] == [None, None]
    chosen = SPEECH + "evaluate: {primary: word-error-rate}\n"
    study = parse(repository, chosen)
    assert [stage_parameters.of(study, *each)["primary"] for each in stages] == [
        "word-error-rate"
    ] * 2
    usual = parse(repository, GOOD.replace("primary: macro-f1, ", ""))
    assert stage_parameters.of(usual, "4-compare")["primary"] == "macro-f1"
    with pytest.raises(UserError, match="unknown key 'primary_chosen'"):
        parse(repository, chosen + "primary_chosen: true\n")


def test_a_margin_reaches_the_comparison_in_the_metrics_own_unit(repository):
    assert stage_parameters.of(parse(repository, GOOD), "4-compare")["margin"] is None
    study = parse(repository, GOOD.replace("macro-f1, ", "macro-f1, margin: 0.01, "))
    assert stage_parameters.of(study, "4-compare")["margin"] == 0.01


@pytest.mark.parametrize("margin", ["0", "-0.01", "1", "0.5", "2 points", "true", ".nan", "[0.1]"])
def test_a_margin_that_makes_no_sense_gets_one_line(repository, margin):
    with pytest.raises(UserError) as error:
        parse(repository, GOOD.replace("macro-f1, ", f"macro-f1, margin: {margin}, "))
    assert margin not in ("1", "0.5") or "a point is 0.01" in str(error.value)
    assert "evaluate.margin: " in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("data.split.folds", "data: {source: digits-8x8, split: {folds: true}}"),
        ("data.split.repeats", "data: {source: digits-8x8, split: {repeats: false}}"),
        ("seed", "data: {source: digits-8x8}\nseed: false"),
        ("evaluate.correlate.values", "evaluate: {correlate: {column: size, values: {a: true}}}"),
    ],
)
def test_true_and_false_are_no_numbers(repository, key, line):
    """Folds: true is no wish for one fold, which is none."""
    rest = "" if line.startswith("data") else "data: {source: digits-8x8}\n"
    text = f"task: image-classification\n{rest}{line}\ncandidates: [{{baseline: majority}}]\n"
    with pytest.raises(UserError, match=f"{key}: must be a number"):
        parse(repository, text)


TOO_MUCH = {
    "5,000 candidates": ("baseline: majority", "baseline: [" + "majority, " * 5_000 + "majority]"),
    "200,000 seeds": ("best: 2,", f"model: efficientnet-lite0, seeds: {[*range(40_000)]},"),
    "a rank that is no number": ("best: 2,", "best: '²',"),
    "a rank of many digits": ("best: 2,", f"best: {'9' * 5_000},"),
    "a rank that is text": ("best: 2,", "best: [2],"),
    "the whole disk": ("elpv", "{folder: /}"),
    "devices": ("elpv", "{folder: /dev}"),
    "an endless table": ("elpv", "{table: /dev/zero}"),
    "the repository": ("elpv", "{folder: .}"),
    "a table beside the repository": ("elpv", "{table: ../items.csv}"),
    "a file's name that is too long": ("elpv", f"{{folder: {'x' * 5_000}}}"),
    "an integer of many digits": ("seed: 7", f"seed: {'7' * 900_000}"),
    "no number": ("0.2", ".nan"),
    "an infinite rate": ("{best: 2,", "{best: 2, time_budget: .inf,"),
    "a task that is a list": ("image-classification", "[image-classification]"),
    "a key of control characters": ("task:", '"\\e[31m\\nx": 1\ntask:'),
    "a name set by hand": ("task:", "name: 1\ntask:"),
}


@pytest.mark.parametrize(("old", "new"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_no_study_holds_is_one_line_at_once(repository, old, new):
    (repository.parent / "items.csv").write_text("path,label\n")
    with quickly.within(1), pytest.raises(UserError) as error:
        parse(repository, GOOD.replace(old, new))
    assert str(error.value).isprintable() and len(str(error.value)) <= 2_000


def test_data_beside_a_study_and_many_seeds_are_ordinary(repository):
    (repository / "own").mkdir()
    (repository / "own" / "items.csv").write_text("path,label\n")
    (repository / "items.csv").write_text("path,label\n")
    for source in ("{folder: own}", "{table: own/items.csv}", "{table: items.csv}"):
        assert parse(repository, GOOD.replace("elpv", source).replace(", slices: [cell_type]", ""))
    seeds = f"model: efficientnet-lite0, seeds: {[*range(400)]},"
    assert len(parse(repository, GOOD.replace("best: 2,", seeds)).candidates) == 403
