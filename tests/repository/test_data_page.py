"""docs/data.md says what the code does: tasks, columns, fields and the study in it."""

import re

import pandas as pd
import yaml
from factories.repository import REPOSITORY

from helpers.config import study_file
from helpers.data import sources, tasks
from helpers.data.sources import TableSource

PAGE = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_every_task_has_a_row_with_all_its_candidates():
    rows = {named(row[0])[0]: row for row in ROWS if named(row[0])[0] in tasks.TASKS}
    assert rows.keys() == tasks.TASKS.keys()
    for name, row in rows.items():
        assert named(row[2]) == list(tasks.TASKS[name].baselines)
        assert named(row[3]) == list(tasks.TASKS[name].adaptations)


def test_columns_under_another_name_are_fields_of_a_table():
    fields = [each.partition(":")[0] for row in ROWS if len(row) == 3 for each in named(row[2])]
    mapped = {field for field in fields if field not in ("speaker", "id")}
    assert mapped == {"path", "text", "label", "transcript", "language", "split", "group"}
    others = TableSource.model_fields.keys() - mapped - {"file"}
    assert all(f"`{field}" in PAGE for field in others)


def test_the_study_loads_its_columns(repository):
    block, merging = re.findall(r"```yaml\n(.+?)```", PAGE, re.S)
    assert yaml.safe_load(merging)["data"].keys() <= study_file.Data.model_fields.keys()
    words = [f"words of text number {n}" for n in range(40)]
    table = {"review": words, "stars": [1, 5] * 20, "author": list("abcdefghij") * 4}
    pd.DataFrame(table).to_csv(repository / "reviews.csv", index=False)
    (repository / "params/reviews.yaml").write_text(block)
    study = study_file.load("reviews")
    items = sources.load(study.data.source, study.task)
    assert set(items.frame["label"]) == {"1", "5"} and items.frame["group"].nunique() == 10
    assert yaml.safe_load(block)["data"]["split"].keys() <= study_file.Split.model_fields.keys()
