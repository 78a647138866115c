"""Tables of predictions, as a notebook shows them."""

import pandas as pd

from helpers.data import prediction_table


def test_the_first_answers_are_shown_without_a_column_for_each_class():
    scores = {"score:a": [0.1, 0.7], "score:b": [0.6, 0.1], "score:c": [0.3, 0.2]}
    table = pd.DataFrame(
        {"id": ["x", "y"], "split": "test", "label": "a", "prediction": ["b", "a"]}
    )
    shown = prediction_table.first_rows(table.assign(**scores))
    assert shown["next_best"].tolist() == ["c", "c"] and shown["score"].tolist() == [0.6, 0.7]
    assert shown["its_score"].tolist() == [0.3, 0.2]
    assert list(prediction_table.first_rows(table, 1)) == ["id", "label", "prediction"]
