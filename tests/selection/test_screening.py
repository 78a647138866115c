"""Screening: from a study's candidates to its finalists, and what that costs."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.dataset import made_dataset
from factories.repository import REPOSITORY
from factories.study import saved

from helpers.config import study_file
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.metrics.names import metric_name
from helpers.models import features
from helpers.models.features import Features
from helpers.selection import finalists, racing, scoring, screening
from helpers.selection.scoring import ProbeCandidate
from helpers.selection.screening import SelectionPlan
from helpers.selection.transferability.methods import METHODS

MODELS = ["efficientnet-lite0", "efficientnet-lite1", "scratch:efficientnet-lite0"]
ENTRIES = [{"candidate": f"probe-{n}", "model": model, "seed": 0} for n, model in enumerate(MODELS)]
NOISE = dict(zip(MODELS, (60.0, 20.0, 4000.0), strict=True))


@pytest.fixture
def frozen(repository, monkeypatch):
    """Give features of every model that are pictures under more or less noise; count the items."""
    computed = dict.fromkeys(MODELS, 0)

    def extract(dataset, model, *_):
        file = paths.cache("made", f"{model}-{len(dataset.frame)}-{dataset.frame['id'].iloc[0]}")
        if file.exists():
            return Features(np.load(f"{file}.npy"), 1.0, True, about(model))
        computed[model] += len(dataset.frame)
        pictures = [dataset.example(row).mean(axis=(0, 1)) for row in range(len(dataset.frame))]
        seeds = [int(name) for name in dataset.frame["id"]]
        noise = [np.random.default_rng(seed).normal(size=8) for seed in seeds]
        values = np.tile(pictures, 3)[:, :8] + NOISE[model] * np.array(noise)
        return Features(values.astype(np.float32), 0.01 * len(values), False, about(model))

    def about(model):
        return {"parameters": 1000, "gflops": 1.0 if "1" in model else 0.5, "digest": model}

    monkeypatch.setattr(features, "extract", extract)
    monkeypatch.setattr(features, "keep", lambda *_: None)
    monkeypatch.setattr(scoring, "source_head", lambda _: None)
    return computed


def screen(race=False, items=600, count=1, primary="accuracy", **more):
    data = made_dataset(items=items, gap=12, **more)
    return screening.screen(data, ENTRIES, SelectionPlan(count, 3, race, primary, 0))


def test_selection_json_holds_every_score_with_its_seconds_and_the_cost(frozen):
    screened = screen()
    screening.save(screened)
    record = saved("tiny", "selection.json")
    assert record["finalists"] == ["efficientnet-lite1"] == [finalists.read("tiny", 1)]
    for row in record["contenders"]:
        assert set(row["scores"]) == set(METHODS)
        assert all(score["seconds"] >= 0 for score in row["scores"].values())
    spent, everything = (
        sum(row[key] for row in record["costs"]) for key in ("spent", "everything")
    )
    assert 0 < spent < everything
    assert not record["race"]["run"] and record["race"]["rounds"]
    assert any(
        "To be fine-tuned: efficientnet-lite1" in line for line in screening.sentences(screened)
    )
    assert record["race"]["metric"] == "accuracy"
    assert "best on validation by accuracy" in screening.sentences(screened)[2]
    with pytest.raises(UserError, match="1 finalist"):
        finalists.read("tiny", 2)


def test_a_race_computes_fewer_features_and_finds_the_same(frozen):
    whole = screen()
    everything = dict(frozen)
    frozen.update(dict.fromkeys(MODELS, 0))
    raced = screen(race=True)
    assert raced.chosen == whole.chosen
    assert MODELS[2] in [MODELS[int(name[-1])] for name in raced.race.dropped]
    assert frozen[MODELS[2]] < 0.5 * everything[MODELS[2]]
    assert raced.race.saved > 0.2
    assert raced.costs["spent"].iloc[0] < raced.costs["everything"].iloc[0]
    assert raced.race.rounds.equals(whole.race.rounds)  # the one that would have been


@pytest.mark.parametrize(("primary", "raced"), [("macro-f1", "macro-f1"), ("log-loss", "accuracy")])
def test_the_race_says_by_which_metric_the_best_is_protected(frozen, primary, raced):
    screened = screen(items=300, primary=primary)
    said = screening.sentences(screened)[2]
    assert screened.race.metric == raced and metric_name(raced) in said
    assert ("cannot be raced" in said) == (raced != primary)


def test_features_in_parts_are_those_computed_at_once(frozen, monkeypatch):
    data, kept = made_dataset(items=40), []
    monkeypatch.setattr(features, "keep", lambda found, *_: kept.append(found))
    each = ProbeCandidate(**ENTRIES[0])
    growing = racing.PartialFeatures(each, data, None)
    first = growing.read(np.array([7, 3, 30]))
    growing.read(np.array([3, 9]))
    assert frozen[MODELS[0]] == 4
    growing.complete()
    at_once = each.features(data)
    assert np.array_equal(kept[0].values, at_once.values)
    assert np.array_equal(first, at_once.values[[7, 3, 30]])
    assert kept[0].seconds == pytest.approx(at_once.seconds)


def test_no_test_item_influences_the_selection(frozen):
    data, plan = made_dataset(items=150, gap=12), SelectionPlan(1, 3, False, "accuracy", 0)
    first = screening.screen(data, ENTRIES, plan)
    side = data.frame["split"] == "test"
    data.frame.loc[side, "label"] = data.frame.loc[side, "label"].to_numpy()[::-1]
    second = screening.screen(data, ENTRIES, plan)
    plain = [each.scores.drop(columns="seconds") for each in (first, second)]
    assert plain[0].equals(plain[1]) and first.ranking.equals(second.ranking)


def test_what_is_drawn_can_be_drawn(frozen):
    from helpers.report import figures

    screened = screen()
    assert figures.rank_table(screening.scores(screened)).axes[0].get_yticklabels()
    assert figures.successive_elimination(screened.race.rounds).axes[0].lines
    models = pd.DataFrame(
        dict(model=["a", "b"], value=[0.9, 0.8], low=0.7, high=0.95, chosen=[True, False])
    )
    assert figures.predicted_order(models, "accuracy", "as probes").axes[0].lines
    taus = pd.DataFrame(dict(method=["x"], tau=0.5, low=0.1, high=0.9, null_low=-1, null_high=1.0))
    assert figures.rank_correlation(taus, "as probes").axes[0].lines


def test_the_notebook_runs_on_the_names_of_a_real_study(monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    notebook = files.read_json(REPOSITORY / "notebooks" / "2-select.ipynb")
    cells = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    given = SimpleNamespace()
    exec(cells["parameters"], vars(given))  # noqa: S102 (our own cell)
    study = study_file.load(given.study)
    probes = {each.name for each in study.candidates if each.adaptation == "probe"}
    assert {each["candidate"] for each in given.contenders} <= probes
    assert [ProbeCandidate(**fields) for fields in given.contenders]
