"""Finalists: the order of candidates, and the model behind best:K."""

import numpy as np
import pandas as pd
import pytest
from factories.records import selection_record, training_record
from factories.selecting import parse

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.pipeline import stage_parameters
from helpers.selection import finalists


def probe_record(name, value, adaptation="probe"):
    validation = {"metric": "macro-f1", "value": value}
    facts = {"adaptation": adaptation, "resolved_model": f"model-{name}", "validation": validation}
    training_record("tiny", name, **facts).write("tiny", name)


def test_best_is_by_validation_and_equals_go_by_name(repository):
    probe_record("b", 0.8)
    probe_record("a", 0.8)
    probe_record("c", 0.7)
    probe_record("tuned", 0.9, "finetune")
    probes = ["a", "b", "c"]
    resolved = [finalists.resolve("tiny", f"best:{place}", False, probes) for place in (1, 2, 3)]
    assert resolved == ["model-a", "model-b", "model-c"]
    with pytest.raises(UserError, match="3 probe"):
        finalists.resolve("tiny", "best:4", False, probes)
    assert finalists.resolve("tiny", "efficientnet-lite0", False, []) == "efficientnet-lite0"


def test_best_leaves_out_what_the_study_no_longer_has(repository):
    probe_record("probe-keras-resnet50", 0.7)
    probe_record("probe-keras-vgg16", 0.9)
    (repository / "params" / "tiny.yaml").write_text(
        "# Tiny.\ntask: image-classification\ndata: {source: elpv}\n"
        "candidates: [{probe: 'keras:ResNet50'}, {finetune: {best: 1}}]\n"
    )
    given = stage_parameters.of(study_file.load("tiny"), "2-train", "finetune-best-1")
    assert given["probes"] == ["probe-keras-resnet50"] and not given["selects"]
    model = finalists.resolve("tiny", given["model"], given["selects"], given["probes"])
    assert model == "model-probe-keras-resnet50"


def table(values, published):
    rows = [
        {"candidate": name, "method": method, "value": value}
        for method, given in (("logistic-probe", values), ("imagenet-accuracy", published))
        for name, value in given.items()
    ]
    return pd.DataFrame(rows)


def facts(**gflops):
    rows = [{"candidate": name, "model": f"m-{name}", "gflops": g} for name, g in gflops.items()]
    return pd.DataFrame(rows)


def test_the_order_is_by_the_mean_of_two_ranks_and_equals_by_cost_then_name():
    scores = table(dict(a=0.9, b=0.8, c=0.7, d=0.7), dict(a=0.70, b=0.75, c=0.6, d=0.6))
    ordered = finalists.order(scores, facts(a=2.0, b=1.0, c=1.0, d=1.0), [])
    assert ordered["candidate"].tolist() == ["b", "a", "c", "d"]  # 1.5 each, then 3.5 each
    assert ordered["mean_rank"].tolist() == [1.5, 1.5, 3.5, 3.5]
    assert finalists.choose(ordered, 2) == ["m-b", "m-a"]


def test_a_candidate_without_published_accuracy_keeps_its_probe_rank():
    scores = table(dict(a=0.9, b=0.8, c=0.7), dict(a=np.nan, b=0.6, c=0.7))
    ordered = finalists.order(scores, facts(a=1.0, b=1.0, c=1.0), [])
    assert ordered.set_index("candidate").loc["a", "static_rank"] == 1
    assert ordered["candidate"].tolist()[0] == "a"


def test_candidates_dropped_in_a_race_come_last_the_latest_first():
    scores = table(dict(a=0.9, b=0.8), dict(a=0.7, b=0.7))
    ordered = finalists.order(scores, facts(a=1.0, b=1.0, c=1.0, d=1.0), ["d", "c"])
    assert ordered["candidate"].tolist() == ["a", "b", "c", "d"]


def test_a_model_with_two_probes_is_one_finalist():
    ordered = pd.DataFrame({"candidate": ["a", "b", "c"], "model": ["m", "m", "n"]})
    assert finalists.choose(ordered, 2) == ["m", "n"]


def test_best_reads_the_selection_where_the_study_selects(repository):
    tuned = next(each for each in parse(repository).candidates if each.model == "best:2")
    given = stage_parameters.of(study_file.load("study"), "2-train", tuned.name)
    way = (given["model"], given["selects"], given["probes"])
    assert given["selects"]
    with pytest.raises(UserError, match="run the notebook 2-select first"):
        finalists.resolve("study", *way)
    models = ["efficientnet-lite1", "efficientnet-lite0"]
    selection_record(models, models).write("study")
    assert finalists.resolve("study", *way) == "efficientnet-lite0"
