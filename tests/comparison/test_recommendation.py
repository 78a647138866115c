"""The answer in three sentences: winner, cost, ties, what the test items can show."""

import re

import pytest
from factories.records import rewrite
from factories.study import made_study

from helpers.comparison import leaderboard
from helpers.core.records.training import Training

STRENGTHS = {"majority": 0.0, "pixels": 1.0, "probe-a": 1.9, "probe-b": 2.0}


@pytest.fixture
def compared(repository):
    made_study(STRENGTHS, items=2400)
    return leaderboard.compare("made", list(STRENGTHS), resamples=300)


def test_three_sentences_answer_the_questions(compared):
    first, second, third = compared.answer
    best, [tied] = compared.table.iloc[0], compared.tied_with
    found, pair = compared.expected, compared.pairs.iloc[0]
    assert found.value < best["value"] and found.low < best["low"] and found.high == best["high"]
    interval = f"{found.value:.3f} on new ones (95 % interval {found.low:.3f} to {found.high:.3f}"
    assert first.startswith(compared.winner) and interval in first and "600 test items" in first
    assert "among 4" in first and f"{best['value']:.3f}" in compared.details[0]
    assert f"{100 * best['accuracy']:.0f} of 100" in first
    assert "20 ms" in second and "12 s" in second and f"{tied} is not told apart" in second
    better, worse = f"{-100 * pair['low']:.1f} points better", f"{100 * pair['high']:.1f} points"
    assert f"between {better} and {worse} worse" in second
    assert tied in third and re.search(r"half that lead takes about [\d,]+ items", third)
    assert re.search(r"baselines pixels by [\d.]+ points and majority", " ".join(compared.details))
    assert compared.recommendation == " ".join(compared.answer)
    for sentence in [*compared.answer, *compared.details]:
        assert "nan" not in sentence and "\n" not in sentence and sentence.endswith(".")


def test_a_clear_winner_is_significant(repository):
    made_study({"probe-a": 0.5, "probe-b": 3.0}, items=1200)
    found = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300)
    assert "better than every other one" in found.answer[1]
    assert "probe-a" in found.answer[1] and found.answer[2].endswith("this lead is larger.")


@pytest.mark.parametrize("skills", [(0.5, 1.0, 1.2), (2.0, 2.05, 2.1), (1.0, 1.6, 2.2)])
@pytest.mark.parametrize("seed", range(4))
def test_the_detectable_lead_agrees_with_the_ties(repository, skills, seed):
    names = [f"probe-{letter}" for letter in "abc"]
    made_study(dict(zip(names, skills, strict=True)), items=500, seed=seed)
    found = leaderboard.compare("made", names, resamples=300)
    [row] = found.table[found.table["shows"] == found.detectable_difference].to_dict("records")
    lead, shows = row["lead"], row["shows"]
    assert row["candidate"] != found.winner and row["candidate"] in found.answer[2]
    assert ("lead is larger" in found.answer[2]) == (not found.tied_with and lead >= shows)
    if found.tied_with:
        assert row["candidate"] in found.tied_with and lead < shows and row["needed"] > found.n


def test_grouped_items_need_more_groups(repository):
    made_study({"probe-a": 2.0, "probe-b": 2.1}, items=600, groups=40)
    third = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300).answer[2]
    assert "150 test items of 40 groups" in third and re.search(r"about [\d,]+ groups", third)


@pytest.mark.parametrize(("groups", "few"), [(3, True), (12, False)])
def test_a_handful_of_groups_shows_no_lead(repository, groups, few):
    """Three groups: by exact swaps no p is below a quarter, so no lead is what a test shows."""
    made_study({"probe-a": 0.2, "probe-b": 3.0}, items=600, groups=groups)
    found = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300)
    assert (
        "only 3 groups no test can show" in found.answer[2] and "6 or more" in found.answer[2]
    ) == few
    assert (found.pairs["p_holm"].min() < 0.05) != few
    said = " ".join(found.details)
    assert f"come from only {groups} groups" in said


@pytest.mark.parametrize("strength", [1.6, 3.5])
def test_a_finalist_is_named_by_its_model_wherever_it_stands(repository, strength):
    made_study({"finetune-best-1": strength, "probe-b": 1.5, "probe-keras-net": 1.5}, items=400)
    more = {"adaptation": "finetune", "model": "best:1", "resolved_model": "net-b0@layer/4"}
    rewrite(Training, "made", "finetune-best-1", **more)
    rewrite(Training, "made", "probe-keras-net", resolved_model="keras:Net")
    names = ["finetune-best-1", "probe-b", "probe-keras-net"]
    found = leaderboard.compare("made", names, resamples=300)
    for said in (" ".join(found.answer), " ".join(found.details)):
        if "finetune-best-1" in said:
            assert said.count("finetune-best-1 (finetune: net-b0@layer/4)") == 1
        assert "keras:Net" not in said  # its name tells it
    assert "net-b0" in found.recommendation + " ".join(found.details)


def test_a_tied_baseline_is_named_and_offered_if_it_is_cheaper(repository):
    made_study({"pixels": 2.0, "probe-a": 2.05}, items=2000, seed=3)
    found = leaderboard.compare("made", ["pixels", "probe-a"], resamples=300)
    assert found.tied_with == ["pixels"]
    said, row = " ".join(found.details), found.table.iloc[1]
    assert "baseline may do as well (pixels)" in said and "pixels (2.0 ms per item" in said
    assert f"it may be {100 * row['lead_high']:.1f} points worse" in said


def test_what_ran_on_another_device_is_not_offered_as_cheaper(repository):
    made_study({"pixels": 2.0, "probe-a": 2.05}, items=2000, seed=3)
    for name, device, speed in (("pixels", "CPU", 500), ("probe-a", "NVIDIA H100", 50)):
        rewrite(Training, "made", name, cost={"items_per_second": speed, "device": device})
    found = leaderboard.compare("made", ["pixels", "probe-a"], resamples=300)
    said = " ".join(found.details)
    assert "pixels on CPU; probe-a on NVIDIA H100" in said and "The cheaper" not in said


@pytest.mark.parametrize(("strength", "sure"), [(2.0, "not told apart: between"), (0.5, "")])
def test_a_winning_baseline_is_compared_with_the_best_network(repository, strength, sure):
    made_study({"pixels": 2.2, "probe-a": strength}, items=2000, seed=3)
    found = leaderboard.compare("made", ["pixels", "probe-a"], resamples=300)
    said = " ".join(found.details)
    assert found.winner == "pixels"
    assert re.search(rf"probe-a, is {sure}.*[\d.]+ points worse", said)


def test_a_name_that_does_not_tell_its_model_is_explained_in_harmless_text(repository):
    made_study({"finetune-best-1": 2.0}, items=400)
    for model, told in (("lite2", True), ("<script>alert(1)</script>", False)):
        changed = {"adaptation": "finetune", "resolved_model": model}
        rewrite(Training, "made", "finetune-best-1", **changed)
        alone = leaderboard.compare("made", ["finetune-best-1"], resamples=200)
        said = alone.recommendation
        assert len(alone.answer) == 2
        assert ("(finetune: lite2)" in said) == told and "<" not in said


def test_the_answer_names_three_of_many_ties_and_counts_the_rest(repository):
    names = [f"candidate-{number}" for number in range(7)]
    made_study(dict.fromkeys(names, 2.0))
    found = leaderboard.compare("made", names)
    assert " and 3 more are not told apart from it: at the widest between" in found.answer[1]
    two = leaderboard.compare("made", names[:2])  # one alone has its own limits
    assert "widest" not in two.recommendation


@pytest.mark.parametrize(("margin", "verdict"), [(0.05, "the same in practice"), (0.02, "not")])
def test_a_margin_tells_the_same_in_practice_from_what_is_not_known(repository, margin, verdict):
    made_study({"pixels": 1.95, "probe-b": 2.0}, items=2400)
    found = leaderboard.compare("made", ["pixels", "probe-b"], "accuracy", 300, margin=margin)
    row = found.table.iloc[1]
    inside = max(abs(row["lead_low"]), abs(row["lead_high"])) <= margin
    assert row["verdict"].startswith(verdict) and inside == (margin == 0.05)
    assert verdict in found.answer[1] and f"{100 * margin:.1f} points" in found.answer[2]
    cheaper = next(line for line in found.details if "2.0 ms per item" in line)
    assert cheaper.endswith("so take it.") == inside
    plain = leaderboard.compare("made", ["pixels", "probe-b"], "accuracy", 300)
    assert "in practice" not in plain.recommendation and plain.table["verdict"][1] != "worse"


def test_the_headline_of_copies_and_of_one_candidate_is_the_measured_one(repository):
    made_study({"probe-a": 2.0}, items=600)
    alone = leaderboard.compare("made", ["probe-a"], resamples=300)
    best, found = alone.table.iloc[0], alone.expected
    assert (found.value, found.low, found.high) == tuple(best[["value", "low", "high"]])
    assert f"{best['value']:.3f} (95 % CI [{best['low']:.3f}" in alone.answer[0]
    assert "pick" not in alone.recommendation + " ".join(alone.details)


@pytest.mark.parametrize("metric", ["log-loss", "roc-auc", "matthews-correlation"])
def test_any_metric_is_corrected_on_its_flattering_side_alone(repository, metric):
    names = [f"probe-{letter}" for letter in "abcdef"]
    made_study(dict.fromkeys(names, 2.0), items=600)
    found = leaderboard.compare("made", names, metric, resamples=300)
    best, sign = found.table.iloc[0], -1 if metric == "log-loss" else 1
    assert sign * found.expected.value < sign * best["value"]
    flattering, other = ("high", "low") if metric == "log-loss" else ("low", "high")
    assert sign * getattr(found.expected, flattering) < sign * best[flattering]
    assert getattr(found.expected, other) == best[other]


def test_what_a_backbone_took_before_is_told_beside_the_training(repository):
    made_study({"probe-a": 0.5, "probe-b": 3.0}, items=1200)
    spent = Training.read("made", "probe-b").cost.model_copy(update={"pretrain_seconds": 352.0})
    rewrite(Training, "made", "probe-b", cost=spent.facts())
    found = leaderboard.compare("made", ["probe-a", "probe-b"], resamples=300)
    assert "12 s to train, after 350 s of pretraining" in found.answer[1]
