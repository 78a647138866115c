"""Other sources of the same classes, prepared below a study."""

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.core.errors import UserError
from helpers.data import other_sources


def test_a_source_of_other_classes_is_one_line(repository):
    def own(*classes):
        items = SimpleNamespace(task="text-classification")
        return SimpleNamespace(classes=classes, items=items)

    rows = {"text": ["some words", "other words"] * 20, "label": ["x", "y"] * 20}
    pd.DataFrame(rows).assign(text=[f"{t} {n}" for n, t in enumerate(rows["text"])]).to_csv(
        repository / "t.csv", index=False
    )
    split = {"test": 0.25, "validation": 0.15, "seed": 1}
    source = {"table": {"file": "t.csv"}}
    with pytest.raises(UserError, match="its classes are x, y, not a, b"):
        other_sources.prepare("s", [source], own("a", "b"), split, None, 0)
    found = other_sources.prepare("s", [source], own("x", "y"), split, 20, 0)
    assert found["items in all"].tolist() == [40] and found["test"].tolist() == [5]
    assert list(other_sources.others("s")) == ["t-csv"]
