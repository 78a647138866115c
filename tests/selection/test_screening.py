"""Select: from a study's `select:` to its finalists, and what the selection was worth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.dataset import made_dataset
from factories.records import selection_record
from factories.repository import REPOSITORY
from factories.study import saved

from helpers.config import study_file
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.models import features
from helpers.models.features import Features
from helpers.pipeline import parameters, plan
from helpers.selection import finalists, racing, scoring, screening
from helpers.selection.scoring import ProbeCandidate
from helpers.selection.screening import SelectionPlan
from helpers.selection.transferability.methods import METHODS

STUDY = """\
# What it shows.
task: image-classification
data: {source: elpv}
candidates:
  - baseline: majority
  - probe: [efficientnet-lite0, efficientnet-lite1, "scratch:efficientnet-lite0"]
select: {finalists: 2, epochs: 7}
"""


def parse(root, text=STUDY):
    file = root / "params" / "study.yaml"
    file.write_text(text)
    return study_file.parse(file)


def test_finalists_become_candidates_with_the_options_given(repository):
    study = parse(repository)
    assert [each.name for each in study.candidates][-2:] == ["finetune-best-1", "finetune-best-2"]
    assert study.candidates[-1].options["epochs"] == 7 and len(study.contenders) == 3
    given = parameters.of(study, "2-select")
    assert given["finalists"] == 2 and given["contenders"][2]["model"].startswith("scratch:")


def test_selecting_comes_between_the_probes_and_the_finalists(repository):
    stages = {stage.key: stage for stage in plan.stages(parse(repository))}
    select = stages["study/2-select"]
    assert set(select.needs) == {
        "study/1-data",
        *(key for key in stages if "probe" in key and key.endswith("2-train")),
    }
    final = stages["study/finetune-best-2/2-train"]
    assert final.needs == ("study/1-data", "study/2-select")
    assert paths.build("study") / "selection.json" in final.inputs
    assert paths.build("study") / "selection.json" in stages["study/4-compare"].inputs
    order = list(stages)
    assert all(order.index(need) < order.index(key) for key in stages for need in stages[key].needs)


def test_in_a_race_the_probes_are_contenders_and_no_candidates(repository):
    study = parse(repository, STUDY.replace("epochs: 7", "race: true"))
    names = [each.name for each in study.candidates]
    assert names == ["majority", "finetune-best-1", "finetune-best-2"]
    stages = {stage.key: stage for stage in plan.stages(study)}
    assert stages["study/2-select"].needs == ("study/1-data",)
    assert not any("probe" in key for key in stages)


def test_a_study_without_select_has_the_stages_it_had(repository):
    text = STUDY.replace("select: {finalists: 2, epochs: 7}\n", "").replace(
        "  - probe", "  - finetune: {best: 1}\n  - probe"
    )
    stages = {stage.key: stage for stage in plan.stages(parse(repository, text))}
    needs = stages["study/finetune-best-1/2-train"].needs
    assert len(needs) == 4 and "study/2-select" not in stages


WRONG = {
    "unknown key": ("epochs", "epoch", "select: unknown key 'epoch'; did you mean 'epochs'?"),
    "misspelt": ("finalists", "finalist", "unknown key 'finalist'; did you mean 'finalists'?"),
    "too many": ("finalists: 2", "finalists: 4", "select: finalists: 4 of 3 probe(s) that can"),
    "none": ("finalists: 2", "finalists: 0", "select: finalists: input should be greater"),
    "no word": ("epochs: 7", "race: perhaps", "select: race: input should be a valid boolean"),
    "no mapping": ("{finalists: 2, epochs: 7}", "2", "select: a mapping is needed"),
    "best as well": (
        "- baseline",
        "- finetune: {best: 1}\n  - baseline",
        "candidate name finetune-best-1",
    ),
    "unknown layer": ("lite1", "lite1@blok5", "unknown layer 'blok5'; did you mean 'block5'?"),
    "its own": ("select:", "contenders: []\nselect:", "contenders: this key"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_selection_gets_one_clear_line(repository, wrong):
    old, new, expected = WRONG[wrong]
    with pytest.raises(UserError) as caught:
        parse(repository, STUDY.replace(old, new, 1))
    message = str(caught.value)
    assert expected in message and message.startswith("params/study.yaml") and "\n" not in message


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


def test_of_whom_nothing_was_published_the_probe_stands_for_it():
    scores = table(dict(a=0.9, b=0.8, c=0.7), dict(a=np.nan, b=0.6, c=0.7))
    ordered = finalists.order(scores, facts(a=1.0, b=1.0, c=1.0), [])
    assert ordered.set_index("candidate").loc["a", "static_rank"] == 1
    assert ordered["candidate"].tolist()[0] == "a"


def test_who_dropped_out_comes_last_the_latest_first():
    scores = table(dict(a=0.9, b=0.8), dict(a=0.7, b=0.7))
    ordered = finalists.order(scores, facts(a=1.0, b=1.0, c=1.0, d=1.0), ["d", "c"])
    assert ordered["candidate"].tolist() == ["a", "b", "c", "d"]


def test_a_model_with_two_probes_is_one_finalist():
    ordered = pd.DataFrame({"candidate": ["a", "b", "c"], "model": ["m", "m", "n"]})
    assert finalists.choose(ordered, 2) == ["m", "n"]


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


def screen(race=False, items=600, count=1, **more):
    data = made_dataset(items=items, gap=12, **more)
    return screening.screen(data, ENTRIES, SelectionPlan(count, 3, race, "accuracy", 0))


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


def test_no_test_item_has_a_say_in_the_selection(frozen):
    data, plan = made_dataset(items=150, gap=12), SelectionPlan(1, 3, False, "accuracy", 0)
    first = screening.screen(data, ENTRIES, plan)
    side = data.frame["split"] == "test"
    data.frame.loc[side, "label"] = data.frame.loc[side, "label"].to_numpy()[::-1]
    second = screening.screen(data, ENTRIES, plan)
    plain = [each.scored.scores.drop(columns="seconds") for each in (first, second)]
    assert plain[0].equals(plain[1]) and first.ranking.equals(second.ranking)


def test_best_reads_the_selection_where_the_study_selects(repository):
    tuned = next(each for each in parse(repository).candidates if each.model == "best:2")
    given = parameters.of(study_file.load("study"), "2-train", tuned.name)
    way = (given["model"], given["selects"], given["probes"])
    assert given["selects"]
    with pytest.raises(UserError, match="run the notebook 2-select first"):
        finalists.resolve("study", *way)
    models = ["efficientnet-lite1", "efficientnet-lite0"]
    selection_record(models, models).write("study")
    assert finalists.resolve("study", *way) == "efficientnet-lite0"


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
