"""The sentences of a recogniser's evaluation hold its numbers."""

import dataclasses

import pandas as pd
import pytest
from factories.speech_study import speech_study, written

from helpers.evaluation import speech_findings


@pytest.fixture
def study(repository):
    return speech_study(repository)


def test_who_writes_nothing_gets_no_sentence_made_of_nothing(study):
    result = written(study, "empty-transcript", lambda text, number: "", "baseline")
    sentences = speech_findings.of_evaluation(result)
    assert "word error rate 1.000" in sentences[0] and " 0 of " in sentences[0]
    assert sum("deletions" in each for each in sentences) == 1
    assert not any("Slices" in each or "condition" in each for each in sentences)
    alike = pd.DataFrame({"condition": ["as recorded", "loud"], "n": 8, "value": [1.0, 1.0]})
    worse = dataclasses.replace(result, robustness=alike.assign(value=[0.1, 0.5]))
    assert speech_findings._noise(dataclasses.replace(result, robustness=alike)) == ""
    hardest = speech_findings._noise(worse)
    assert all(fact in hardest for fact in ("loud", "0.500", "0.100", "8 utterances"))
    better = dataclasses.replace(result, robustness=alike.assign(value=[0.5, 0.1]))
    sentence = speech_findings._noise(better)
    assert "8 utterances" in sentence and "loud" not in sentence
