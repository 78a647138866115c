"""All candidates of a study on the same test items: who leads, who ties, at what cost."""

from helpers.comparison import classification, speech_recognition
from helpers.comparison.result import Comparison
from helpers.core import files, paths
from helpers.metrics import registry


def compare(
    study: str,
    candidates: list[str],
    primary: str = "macro-f1",
    resamples: int = 2000,
    seed: int = 42,
) -> Comparison:
    """Compare candidates by their predictions of the same test items.

    Parameters
    ----------
    study, candidates
        Names; the predictions of each are read.
    primary
        The metric that orders them.
    resamples, seed
        Of the bootstrap; the same seed gives the same numbers.

    Raises
    ------
    UserError
        Unknown metric, no candidate, files that are missing or do not fit together.
    """
    if primary in registry.functions("edits"):
        return speech_recognition.compare(study, candidates, primary, resamples, seed)
    return classification.compare(study, candidates, primary, resamples, seed)


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c = comparison
    rows = c.table.to_dict("records")
    content = {
        "study": c.study,
        "primary": c.primary,
        "n": c.n,
        "groups": c.groups,
        "rows": [row | {"cost": c.costs[row["candidate"]]} for row in rows],
        "pairs": c.pairs.to_dict("records"),
        "winner": c.winner,
        "tied_with": c.tied_with,
        "detectable_difference": c.detectable_difference,
        "answer": c.answer,
        "details": c.details,
        "recommendation": c.recommendation,
        "seeds": {name: part.to_dict("records") for name, part in vars(c.seeds).items()},
        "published": c.published.to_dict("records"),
    }
    files.write_json(paths.build(c.study) / "leaderboard.json", content)
