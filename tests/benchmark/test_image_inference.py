"""Speed of image inference: its sentences, and the limit of the machine."""

import pandas as pd

from helpers.benchmark import image_inference


def test_the_sentences_hold_the_ratios_of_the_medians():
    names = ["our engine", "keras.Model.predict, batch 32"]
    rates = pd.DataFrame(
        {"way": [*names, *(f"{name}, in memory" for name in names)], "median": [90, 40, 100, 50]}
    )
    from_files, in_memory = image_inference.sentences(rates)
    assert "2.25 times" in from_files and "batch 32" in from_files
    assert "2.00 times" in in_memory and "in memory" in in_memory


def test_the_machine_has_a_limit():
    assert image_inference.matrix_limit(2.0, repeats=1) < image_inference.matrix_limit(
        0.1, repeats=1
    )
