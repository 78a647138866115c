"""A study's data are the same whether make prepared them or they are prepared when asked for."""

import pandas as pd

from helpers.data import preparation
from helpers.pipeline import plan
from helpers.pipeline.study_data import open_study

PETS = """
task: text-classification
data: {source: {table: pets.csv}, split: {test: 0.3, seed: 7}}
candidates: [baseline: majority]
evaluate: {slices: [place]}
"""


def test_what_was_not_built_is_prepared_as_make_would(repository):
    words = [f"number {k} {'barks' if k % 2 else 'purrs'} aloud" for k in range(60)]
    labels = ["dog" if k % 2 else "cat" for k in range(60)]
    table = pd.DataFrame({"text": words, "label": labels, "place": "home"})
    table.to_csv(repository / "pets.csv", index=False)
    (repository / "params" / "pets.yaml").write_text(PETS)
    open_study.cache_clear()
    prepared = open_study("pets")
    parameters = plan.find("pets/1-data").parameters
    source, split = parameters["source"], parameters["split"]
    made = preparation.prepare(source, split, parameters["task"], slices=["place"], seed=42)
    preparation.save("pets", made, source, split)
    open_study.cache_clear()
    built = open_study("pets")
    assert prepared.digest == built.digest and "place" in prepared.frame
    same = ["id", "split", "label"]
    assert prepared.frame[same].equals(built.frame[same])
