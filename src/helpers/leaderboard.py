"""All candidates of a study on the same test items: who leads, who ties, at what cost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import caveats, files, literature, paths, predictions
from helpers.errors import UserError, unknown
from helpers.metrics import words
from helpers.metrics.classification import SCORE_METRICS, estimate
from helpers.metrics.direction import LOWER_IS_BETTER
from helpers.metrics.paired import compare_all, resampled_metric
from helpers.metrics.ranks import rank_intervals
from helpers.metrics.scores import COUNT_METRICS
from helpers.predictions import Predictions
from helpers.recommendation import Board, answer, details
from helpers.repeats import Repeats, repeats, sentences

ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """The comparison of a study's candidates.

    ``table`` has a row a candidate, best first: candidate, label, adaptation, value, low, high,
    method, note, rank, rank_low, rank_high, tied (with the winner), accuracy, cost
    (milliseconds an item, NaN if unknown), fit_seconds, parameters.
    ``pairs`` has a row a pair, ``a`` the better placed, its difference in the metric's own unit.
    ``detectable_difference`` is between the winner and the next candidate that differs from it;
    ``answer`` has three sentences at most, ``details`` what they leave out; ``seeds`` parts the
    luck of training from that of the items where candidates were run several times.
    """

    study: str
    primary: str
    n: int
    groups: int | None
    table: pd.DataFrame
    pairs: pd.DataFrame
    winner: str
    tied_with: list[str]
    detectable_difference: float
    answer: list[str]
    details: list[str]
    seeds: Repeats
    published: pd.DataFrame
    costs: dict[str, dict[str, Any]]

    @property
    def recommendation(self) -> str:
        """Return the answer as one paragraph."""
        return " ".join(self.answer)

    @property
    def text(self) -> str:
        """Return the answer and its details as Markdown, a sentence a line."""
        first, *rest = self.answer
        return "\n\n".join([f"**{first}**", *rest, "\n".join(f"- {d}" for d in self.details)])

    @property
    def summary(self) -> pd.DataFrame:
        """Return the leaderboard as one table for people."""
        t = self.table
        places = [
            str(a) if a == b else f"{a} to {b}" for a, b in t[["rank_low", "rank_high"]].values
        ]
        against = np.where(t["tied"], "ties", np.where(t["value"].isna(), "undefined", "behind"))
        against[0] = "first"
        return pd.DataFrame(
            {
                "candidate": t["candidate"],
                self.primary: t["value"],
                "low": t["low"],
                "high": t["high"],
                "places": places,
                "against the first": against,
                "ms an item": t["cost"],
                "s to train": t["fit_seconds"],
            }
        )


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
    if primary in words.METRICS:
        from helpers.recognition import comparison

        return comparison.compare(study, candidates, primary, resamples, seed)
    if primary not in COUNT_METRICS and primary not in SCORE_METRICS:
        raise unknown("metric", primary, [*COUNT_METRICS, *SCORE_METRICS, *words.METRICS])
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = _same_classes([predictions.read(study, name) for name in candidates])
    options = {"resamples": resamples, "seed": seed, "groups": entries[0].groups}
    entries, table = _in_order(entries, primary, options)
    pairs, ranks = _pairs(entries, primary, options)
    table["rank_low"], table["rank_high"] = ranks.T
    seeds = repeats(entries, primary)
    board = Board(table, pairs, primary, len(entries[0].labels))
    said = [*sentences(seeds), *caveats.of(study)]
    return assembled(study, board, entries[0].groups, said, seeds, entries)


def assembled(
    study: str,
    board: Board,
    groups: NDArray | None,
    said: list[str],
    seeds: Repeats,
    entries: Sequence[Any],
) -> Comparison:
    """Mark who ties with the first, and put everything that was found into words.

    Parameters
    ----------
    study
        Its name.
    board
        The candidates in order and their pairs; the table gets its column ``tied``.
    groups
        The group of each item, if there are any.
    said
        More details, in sentences.
    seeds
        Of candidates that were run several times.
    entries
        What was read of each candidate: ``candidate`` and ``training``.
    """
    table, pairs = board.table, board.pairs
    winner = table["candidate"].iloc[0]
    beaten = set(pairs.loc[(pairs["a"] == winner) & (pairs["p_holm"] < ALPHA), "b"])
    table["tied"] = ~table["candidate"].isin(beaten) & table["value"].notna()
    costs = {entry.candidate: entry.training.get("cost", {}) for entry in entries}
    return Comparison(
        study=study,
        primary=board.primary,
        n=board.items,
        groups=None if groups is None else len(set(groups)),
        table=table,
        pairs=pairs,
        winner=winner,
        tied_with=table.loc[table["tied"], "candidate"].tolist()[1:],
        detectable_difference=detectable(pairs, winner),
        answer=answer(board),
        details=[*details(board), *said],
        seeds=seeds,
        published=literature.beside(study, list(costs)),
        costs=costs,
    )


def _same_classes(entries: list[Predictions]) -> list[Predictions]:
    """Refuse candidates whose columns are not the same classes in the same order."""
    first = entries[0]
    for entry in entries[1:]:
        if entry.classes != first.classes:
            odd = sorted(set(entry.classes) ^ set(first.classes))
            what = f"not in both: {', '.join(odd[:5])}" if odd else "in another order"
            raise UserError(
                f"{entry.candidate}: score columns differ from {first.candidate}'s: {what}"
            )
    return entries


def _in_order(
    entries: list[Predictions], primary: str, options: dict[str, Any]
) -> tuple[list[Predictions], pd.DataFrame]:
    """Estimate each candidate, and put the best first; equal ones by cost, then name."""
    rows = [_row(entry, primary, options) for entry in entries]
    table = pd.DataFrame(rows)
    table["_key"] = table["value"] if primary in LOWER_IS_BETTER else -table["value"]
    table = table.sort_values(["_key", "cost", "candidate"], na_position="last")
    ordered = [entries[index] for index in table.index]
    table = table.drop(columns="_key").reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return ordered, table


def _row(entry: Predictions, primary: str, options: dict[str, Any]) -> dict[str, Any]:
    answers = entry.labels, entry.predictions, entry.scores
    found = estimate(primary, *answers, classes=len(entry.classes), **options)
    training, cost = entry.training, entry.training.get("cost", {})
    model = training.get("resolved_model") or training.get("model") or entry.candidate
    adaptation = training.get("adaptation", "")
    speed = cost.get("items_per_second")
    return {
        "candidate": entry.candidate,
        "label": f"{adaptation}: {model}" if adaptation else entry.candidate,
        "adaptation": adaptation,
        **asdict(found),
        "accuracy": float((entry.predictions == entry.labels).mean()),
        "cost": 1000 / speed if speed else np.nan,
        "fit_seconds": _known(cost.get("fit_seconds")),
        "parameters": _known(cost.get("parameters")),
    }


def _known(number: float | None) -> float:
    return np.nan if number is None else number


def _pairs(
    entries: list[Predictions], primary: str, options: dict[str, Any]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    first, names = entries[0], [entry.candidate for entry in entries]
    said = np.array([entry.predictions for entry in entries])
    scores = [entry.scores for entry in entries] if primary in SCORE_METRICS else None
    classes, groups = len(first.classes), options["groups"]
    values, samples = resampled_metric(primary, first.labels, said, scores, classes, **options)
    pairs = compare_all(primary, first.labels, said, values, samples, groups, scores)
    ranks = rank_intervals(pairs, len(entries), primary in LOWER_IS_BETTER)
    columns = ["a", "b", "difference", "low", "high", "p", "p_holm", "error", "detectable"]
    rows = [{**asdict(pair), "a": names[pair.a], "b": names[pair.b]} for pair in pairs]
    return pd.DataFrame(rows, columns=[*columns, "items_needed", "method"]), ranks


def detectable(pairs: pd.DataFrame, winner: str) -> float:
    """Take the winner against the best placed one that does not answer exactly alike."""
    own = pairs[(pairs["a"] == winner) & pairs["detectable"].notna()]
    apart = own[(own["difference"] != 0) | (own["p"] < 1)]
    chosen = apart if len(apart) else own
    return float(chosen["detectable"].iloc[0]) if len(chosen) else np.nan


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
