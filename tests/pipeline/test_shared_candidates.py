"""Studies and candidates to compare across data sets."""

import random
from itertools import combinations

from factories import quickly

from helpers.pipeline.plan import shared_candidates


def test_studies_and_candidates_are_chosen_to_share_as_much_as_possible():
    every = {"a": ["m", "p", "x"], "b": ["m", "p", "y"], "c": ["m", "p", "x"], "d": ["z", "q"]}
    assert shared_candidates(every) == (["a", "b", "c"], ["m", "p"])
    assert shared_candidates({"a": ["m", "p"], "b": ["m", "q"]}) == ([], [])
    assert shared_candidates({"a": ["m", "p-seed-1"], "b": ["m", "p-seed-1"]}) == ([], [])


def test_the_choice_is_that_of_all_combinations_of_studies():
    draw = random.Random(1)
    for _ in range(300):
        every = {
            study: draw.sample("mnopqr", draw.randrange(6))
            for study in "abcdef"[: draw.randrange(7)]
        }
        best = ([], [])
        for size in range(2, len(every) + 1):
            for studies in combinations(every, size):
                common = [c for c in every[studies[0]] if all(c in every[s] for s in studies)]
                if len(common) > 1 and len(common) * size >= max(1, len(best[0]) * len(best[1])):
                    best = [*studies], common
        assert shared_candidates(every) == best


def test_forty_studies_are_quickly_compared():
    draw = random.Random(1)
    every = {f"study {row}": draw.sample([f"c{c}" for c in range(30)], 15) for row in range(40)}
    with quickly.within(5):
        studies, candidates = shared_candidates(every)
    assert len(studies) > 1 and len(candidates) > 1
