"""Which candidates several studies share, so that they can be compared over all of them."""

from itertools import combinations


def of(candidates: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Choose studies and the candidates that all of them have: as many answers as there can be.

    Parameters
    ----------
    candidates
        Names of each study's candidates.

    Returns
    -------
    studies, candidates
        At least two of each, or two empty lists; runs that differ by their seed are left out.
    """
    plain = {name: [c for c in every if "-seed-" not in c] for name, every in candidates.items()}
    best: tuple[list[str], list[str]] = ([], [])  # of equals, the later one has more studies
    for size in range(2, len(plain) + 1):
        for studies in combinations(plain, size):
            common = [c for c in plain[studies[0]] if all(c in plain[s] for s in studies)]
            if len(common) > 1 and len(common) * size >= max(1, len(best[0]) * len(best[1])):
                best = list(studies), common
    return best
