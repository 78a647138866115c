"""The items of a study for models elsewhere: all that they need, but for the test's answers."""

import pandas as pd
from factories.cases import fill, given
from factories.speech_study import speech_study

from helpers import __main__
from helpers.data import dataset, items_to_predict, preparation


def table(root, study):
    return pd.read_csv(root / "build" / study / "items.csv", dtype=str, keep_default_na=False)


def test_what_is_written_can_be_predicted_and_read_back(repository):
    fill(repository / "set", "ab", 20)
    source = {"folder": {"path": "set"}}
    preparation.save("made", preparation.prepare(source), source)
    data = dataset.open("made")
    said = items_to_predict.write(data)
    rows = table(repository, "made")
    assert "build/made/items.csv" in said and "prediction" in said
    assert all((repository / path).is_file() for path in rows["path"])
    test = rows["split"] == "test"
    assert (rows.loc[test, "label"] == "").all() and (rows.loc[~test, "label"] != "").all()
    rows.assign(prediction="a").to_csv("p.csv", index=False)
    read, words = given("p.csv", data.frame, data.classes)
    assert read is not None and "train" not in words and "contradicts" not in words


def test_texts_and_recordings_are_written_too(repository):
    rows = [
        {"text": f'Line "{n}",\\nnumber {n} of {"ab"[n % 2]}', "label": "ab"[n % 2]}
        for n in range(40)
    ]
    pd.DataFrame(rows).to_csv("t.csv", index=False)
    source = {"table": {"file": "t.csv"}}
    preparation.save("texts", preparation.prepare(source, task="text-classification"), source)
    data = dataset.open("texts")
    items_to_predict.write(data)
    assert table(repository, "texts")["text"].tolist() == [data.example(n) for n in range(40)]
    assert "hypothesis" in items_to_predict.write(speech_study(repository))
    spoken = table(repository, "made")
    assert (spoken.loc[spoken["split"] == "test", "reference"] == "").all()
    assert all((repository / path).is_file() for path in spoken["path"])


def test_the_command_asks_for_a_study(repository, capsys):
    assert __main__.act(["items"]) == 2
    assert "STUDY=" in capsys.readouterr().err
