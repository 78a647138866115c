"""The leaderboard and its paragraph: order, ties, cost, baselines, published numbers."""

import re

import numpy as np
import pandas as pd
import pytest
from factories.records import data_record, metrics_record, rewrite
from factories.study import made_study, saved

from helpers.comparison import findings, leaderboard, published_results
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.training import Training

STRENGTHS = {"majority": 0.0, "pixels": 1.0, "probe-a": 1.9, "probe-b": 2.0}


@pytest.fixture
def compared(repository):
    made_study(STRENGTHS, items=2400)
    return leaderboard.compare("made", list(STRENGTHS), resamples=300)


def test_the_best_comes_first_with_its_ties(compared):
    table = compared.table
    assert table["value"].is_monotonic_decreasing
    assert compared.winner == table["candidate"].iloc[0] in ("probe-a", "probe-b")
    assert set(compared.tied_with) == {"probe-a", "probe-b"} - {compared.winner}
    assert table.set_index("candidate")["tied"].to_dict() == {
        "probe-a": True,
        "probe-b": True,
        "pixels": False,
        "majority": False,
    }
    assert (table["rank_low"] <= table["rank"]).all() and (
        table["rank"] <= table["rank_high"]
    ).all()
    assert len(compared.pairs) == 6 and (compared.pairs["difference"] >= 0).all()


def test_leaderboard_json_keeps_the_contract(compared):
    leaderboard.save(compared)
    content = saved("made", "leaderboard.json")
    keys = {"primary", "rows", "pairs", "winner", "tied_with", "detectable_difference"}
    assert keys | {"recommendation"} <= content.keys()
    assert {"a", "b", "difference", "low", "high", "p", "p_holm"} <= content["pairs"][0].keys()
    assert content["rows"][0]["candidate"] == content["winner"]
    assert content["rows"][0]["cost"]["fit_seconds"] == 12.5


def test_three_sentences_answer_the_questions(compared):
    first, second, third = compared.answer
    value = f"macro-F1 is {compared.table['value'].iloc[0]:.3f} (95 % interval"
    assert first.startswith(f"{compared.winner} comes first: it is right on") and value in first
    assert second.startswith("It takes 20 ms an item to predict and 12 s to train; ")
    assert f"{compared.tied_with[0]} ties with it" in second and "may be chance here" in second
    assert third.startswith(f"With 600 test items a lead over {compared.tied_with[0]} shows")
    assert "to tell the two apart would take about" in third
    assert "beats the plain baselines pixels by" in " ".join(compared.details)
    assert compared.recommendation == " ".join(compared.answer)
    for sentence in [
        *compared.answer,
        *compared.details,
        *findings.of_comparison(compared),
    ]:
        assert "nan" not in sentence and "\n" not in sentence and sentence.endswith(".")


def test_a_clear_winner_is_said_to_be_one(repository):
    made_study({"probe-a": 0.5, "probe-b": 3.0}, items=1200)
    found = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300)
    assert "its lead over every other one" in found.answer[1]
    assert "is more than chance (p below 0.001 after correction)" in found.answer[1]
    assert found.answer[2].endswith("and this one does.")


@pytest.mark.parametrize("skills", [(0.5, 1.0, 1.2), (2.0, 2.05, 2.1), (1.0, 1.6, 2.2)])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_to_show_reliably_agrees_with_what_ties(repository, skills, seed):
    names = [f"probe-{letter}" for letter in "abc"]
    made_study(dict(zip(names, skills, strict=True)), items=500, seed=seed)
    found = leaderboard.compare("made", names, resamples=300)
    [pair] = found.pairs[found.pairs["detectable"] == found.detectable_difference].to_dict(
        "records"
    )
    lead, shows = abs(pair["difference"]), pair["detectable"]
    assert found.winner == pair["a"] and f"a lead over {pair['b']} shows" in found.answer[2]
    assert ("and this one does" in found.answer[2]) == (not found.tied_with and lead >= shows)
    if found.tied_with:
        assert pair["b"] in found.tied_with and lead < shows and pair["items_needed"] > found.n


def test_of_grouped_items_more_groups_are_asked_for(repository):
    made_study({"probe-a": 2.0, "probe-b": 2.1}, items=600, groups=40)
    third = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300).answer[2]
    assert third.startswith("With 150 test items of 40 groups a lead over")
    assert re.search(r"would take about [\d,]+ groups, if", third)


def test_a_plain_baseline_that_ties_is_said_and_the_cheaper_one_offered(repository):
    made_study({"pixels": 2.0, "probe-a": 2.05}, items=2000, seed=3)
    found = leaderboard.compare("made", ["pixels", "probe-a"], resamples=300)
    assert found.tied_with == ["pixels"]
    said = " ".join(found.details)
    assert "A plain baseline ties (pixels)" in said
    assert "The cheapest of those that tie is pixels (2.0 ms an item" in said


@pytest.mark.parametrize(("strength", "sure"), [(2.0, "which may be chance"), (0.5, "more than")])
def test_of_a_plain_winner_it_is_said_how_far_behind_the_best_network_is(
    repository, strength, sure
):
    made_study({"pixels": 2.2, "probe-a": strength}, items=2000, seed=3)
    found = leaderboard.compare("made", ["pixels", "probe-a"], resamples=300)
    said = " ".join(found.details)
    assert found.winner == "pixels"
    assert re.search(
        rf"the best candidate that is not one, probe-a, is [\d.]+ points? behind, {sure}", said
    )


def test_one_table_says_value_interval_places_ties_and_cost(compared):
    table = compared.summary
    assert table["against the first"].tolist() == ["first", "ties", "behind", "behind"]
    assert table["places"].tolist() == ["1 to 2", "1 to 2", "3", "4"]
    assert table["cost"].tolist() == [20, 20, 2, 2]


@pytest.mark.parametrize("metric", ["accuracy", "log-loss", "roc-auc", "matthews-correlation"])
def test_any_metric_may_order_and_losses_turn_round(repository, metric):
    made_study({"probe-bad": 0.5, "probe-good": 3.0}, items=1200)
    found = leaderboard.compare("made", ["probe-bad", "probe-good"], metric, resamples=300)
    assert found.winner == "probe-good" and found.tied_with == []
    assert found.table["rank_low"].tolist() == [1, 2]
    assert found.table["rank_high"].tolist() == [1, 2]


def test_a_name_that_does_not_tell_its_model_is_explained_in_harmless_text(repository):
    made_study({"finetune-best-1": 2.0}, items=400)
    for model, told in (("lite2", True), ("<script>alert(1)</script>", False)):
        changed = {"adaptation": "finetune", "resolved_model": model}
        rewrite(Training, "made", "finetune-best-1", **changed)
        alone = leaderboard.compare("made", ["finetune-best-1"], resamples=200)
        said = alone.recommendation
        assert len(alone.answer) == 2
        assert ("(finetune: lite2)" in said) == told and "<" not in said


def test_of_many_ties_the_answer_names_three_and_counts_the_rest(repository):
    names = [f"candidate-{number}" for number in range(7)]
    made_study(dict.fromkeys(names, 2.0))
    assert " and 3 more tie with it" in leaderboard.compare("made", names).answer[1]


def test_identical_candidates_tie_and_the_cheaper_comes_first(repository):
    made_study({"probe-a": 1.5}, items=400)
    folder = paths.build("made", "probe-a")
    copy = paths.build("made", "probe-z")
    files.write_parquet(
        copy / "predictions.parquet", pd.read_parquet(folder / "predictions.parquet")
    )
    training = Training.read("made", "probe-a").facts()
    copied = training | {"candidate": "probe-z", "cost": {"items_per_second": 999}}
    Training(**copied).write("made", "probe-z")
    found = leaderboard.compare("made", ["probe-a", "probe-z"], resamples=300)
    assert found.winner == "probe-z" and found.tied_with == ["probe-a"]
    assert "ties with it exactly. As probe-a scores exactly the same" in found.recommendation
    assert found.detectable_difference > 0


def test_our_own_numbers_say_how_many_items_they_rest_on_and_how_these_were_read(compared):
    read = {"preprocessing": "pixels as they are", "vocabulary": "9, of all texts"}
    rewrite(Training, "made", "probe-a", backbone=read)
    splits = {"train": 300, "validation": 40, "test": 60}
    counts = {"used": 400, "original": 1000, "splits": splits}
    metrics_record("made", "probe-a", {"accuracy": {"value": 0.9}}).write("made", "probe-a")
    data_record(counts=counts).write("made")
    table = published_results.beside("made", ["probe-a"]).set_index("name")
    assert table.loc["probe-a", "protocol"] == (
        "400 of 1,000 items: 300 train, 40 validate, 60 test; pixels as they are; "
        "vocabulary of 9, of all texts"
    )


def test_published_numbers_stand_beside_ours_only_where_there_are_some(compared):
    assert (compared.published["protocol"].str.len() > 20).all() and len(compared.published)
    made_study({"probe-a": 1.0}, study="own", source={"folder": {"path": "x"}})
    alone = leaderboard.compare("own", ["probe-a"], resamples=200)
    assert len(alone.published) == 0 and len(alone.pairs) == 0
    assert alone.winner == "probe-a" and np.isnan(alone.detectable_difference)
    assert leaderboard.save(alone) is None and saved("own", "leaderboard.json")["pairs"] == []
    assert all("nan" not in sentence for sentence in findings.of_comparison(alone))


def test_groups_are_drawn_whole_in_pairs(repository):
    made_study({"probe-a": 1.0, "probe-b": 1.2}, groups=30)
    found = leaderboard.compare("made", ["probe-a", "probe-b"], "accuracy", resamples=200)
    assert 25 < found.groups <= 30 and "groups" in found.pairs["method"].iloc[0]


def test_candidates_of_other_classes_are_refused(repository):
    made_study({"probe-a": 1.0, "probe-b": 1.0})
    file = paths.build("made", "probe-b") / "predictions.parquet"
    files.write_parquet(file, pd.read_parquet(file).assign(**{"score:third": 0.0}))
    with pytest.raises(UserError, match="score columns differ from probe-a's: not in both: third"):
        leaderboard.compare("made", ["probe-a", "probe-b"])
    with pytest.raises(UserError, match="no candidate"):
        leaderboard.compare("made", [])
