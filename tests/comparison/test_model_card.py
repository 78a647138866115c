"""The model-index passes the validation of the library whose form it has."""

import pytest
import yaml
from factories.study import evaluated, made_study
from huggingface_hub import ModelCard, ModelCardData
from huggingface_hub.repocard_data import model_index_to_eval_results

from helpers.comparison import leaderboard, model_card
from helpers.core import paths, provenance


@pytest.fixture
def content(repository, monkeypatch):
    made_study({"probe-a": 1.5, "pixels": 0.5}, items=400)
    monkeypatch.setattr(provenance, "collect", dict)
    for name in ("probe-a", "pixels"):
        evaluated("made", name, resamples=200)
    board = leaderboard.compare("made", ["probe-a", "pixels"], resamples=200)
    model_card.save(board)
    return board, (paths.build("made") / "model-index.yaml").read_text()


def test_the_library_reads_every_result_back(content):
    board, text = content
    name, results = model_index_to_eval_results(yaml.safe_load(text)["model-index"])
    assert name == f"made-{board.winner}"
    by_name = {each.metric_name: each for each in results}
    value = board.table["value"].iloc[0]
    assert by_name["macro-f1"].metric_value == pytest.approx(value)
    assert by_name["macro-f1"].metric_args["low"] < value
    assert by_name["accuracy"].dataset_type == "elpv"
    assert by_name["accuracy"].task_type == "image-classification"
    assert by_name["accuracy"].dataset_split == "test"


def test_a_card_with_it_is_a_valid_card(content):
    _, text = content
    card = ModelCard(f"---\n{text}---\n# A model\n", ignore_metadata_errors=False)
    assert isinstance(card.data, ModelCardData) and len(card.data.eval_results) > 10
    assert (
        yaml.safe_load(card.data.to_yaml())["model-index"] == (yaml.safe_load(text)["model-index"])
    )
