"""Speed of inference: its sentences."""

import pandas as pd

from helpers.benchmark import inference


def test_the_sentences_hold_the_ratios_of_the_medians():
    names = ["our engine", "keras.Model.predict, batch 32"]
    texts = pd.DataFrame({"way": names, "median": [30, 20]})
    rates = pd.DataFrame(
        {"way": [*names, *(f"{name}, in memory" for name in names)], "median": [90, 40, 100, 50]}
    )
    from_files, in_memory, of_texts, *shares = inference.sentences(rates, texts, (125, 40))
    assert "2.25 times" in from_files and "batch 32" in from_files
    assert "2.00 times" in in_memory and in_memory.count("in memory") == 2
    assert "1.50 times" in of_texts and of_texts.startswith("Texts: our engine")
    assert ["0.80" in shares[0], "0.75" in shares[1]] == [True, True]
