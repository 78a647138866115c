"""Studies and candidates to compare across data sets."""

from helpers.pipeline.plan import shared_candidates


def test_studies_and_candidates_are_chosen_to_share_as_much_as_possible():
    every = {"a": ["m", "p", "x"], "b": ["m", "p", "y"], "c": ["m", "p", "x"], "d": ["z", "q"]}
    assert shared_candidates(every) == (["a", "b", "c"], ["m", "p"])
    assert shared_candidates({"a": ["m", "p"], "b": ["m", "q"]}) == ([], [])
    assert shared_candidates({"a": ["m", "p-seed-1"], "b": ["m", "p-seed-1"]}) == ([], [])
