"""Choose studies that share candidates, so that these can be compared over several data sets."""

from itertools import combinations


def of(candidates: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Choose studies, and candidates they share, with the largest product; two of each, or none."""
    plain = {study: [c for c in names if "-seed-" not in c] for study, names in candidates.items()}
    best: tuple[list[str], list[str]] = ([], [])  # of equal products, the later has more studies
    for size in range(2, len(plain) + 1):
        for studies in combinations(plain, size):
            common = [c for c in plain[studies[0]] if all(c in plain[s] for s in studies)]
            if len(common) > 1 and len(common) * size >= max(1, len(best[0]) * len(best[1])):
                best = list(studies), common
    return best
