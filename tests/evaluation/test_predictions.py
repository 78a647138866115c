"""Predictions are read from files that may not fit together."""

import numpy as np
import pandas as pd
import pytest
from factories.study import made_study

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.evaluation import predictions


@pytest.fixture
def made(repository):
    return made_study({"probe-a": 1.5}, items=400)


def change(column, values):
    def damage(table):
        table[column] = values
        return table

    return damage


DAMAGE = {
    "ids": (lambda table: table.iloc[3:], "test items missing, 0 of"),
    "twice": (lambda table: pd.concat([table, table.iloc[:2]]), "2 duplicate id(s)"),
    "column": (lambda table: table.drop(columns="prediction"), "missing column(s) prediction"),
    "label": (change("label", "functional"), "labels differ"),
    "class": (change("prediction", "<b>new</b>"), "has no score column"),
    "scores": (change("score:functional", np.nan), "100 of 100 items"),
    "negative": (change("score:functional", -1.0), "100 of 100 items"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_predictions_that_do_not_fit_get_one_line(made, name):
    damage, expected = DAMAGE[name]
    file = paths.build("made", "probe-a") / "predictions.parquet"
    files.write_parquet(file, damage(pd.read_parquet(file)))
    with pytest.raises(UserError) as error:
        predictions.read("made", "probe-a")
    assert expected in str(error.value) and "predictions.parquet" in str(error.value)
    assert "\n" not in str(error.value)
