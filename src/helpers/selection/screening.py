"""Candidates become finalists: raced or all scored, put in order, and what that cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.core.records import selection as records
from helpers.data.dataset import Dataset
from helpers.metrics.names import metric_name
from helpers.models import kinds
from helpers.selection import finalists, racing, scoring
from helpers.selection.racing import SelectionPlan
from helpers.selection.scoring import ProbeCandidate
from helpers.selection.successive_elimination import Race
from helpers.selection.transferability.methods import METHODS
from helpers.training.labelled_splits import labelled_splits

PASSES = 3  # forward passes that a step of training costs at least: one forward, two back


@dataclass(frozen=True)
class Screening:
    """What a study's selection found.

    ``scores`` and ``facts`` are those of ``score_candidates``, with the facts of those that dropped
    out. ``ranking`` has a row per candidate, best first: candidate, model, probe_rank, static_rank,
    mean_rank, gflops. ``chosen`` are the models to fine-tune. ``race`` was run if the plan says so,
    else replayed from complete features. ``costs`` has a row per step, with the seconds ``spent``
    and those that trying ``everything`` takes.
    """

    study: str
    plan: SelectionPlan
    scores: pd.DataFrame
    facts: pd.DataFrame
    ranking: pd.DataFrame
    chosen: list[str]
    race: Race
    costs: pd.DataFrame


def screen(
    dataset: Dataset, contenders: Sequence[dict[str, Any]], plan: SelectionPlan
) -> Screening:
    """Choose the finalists of a study on its train and validation splits.

    Each of ``contenders`` holds the fields of a ``ProbeCandidate``. A UserError names a model that
    cannot be loaded, or an empty split.
    """
    candidates = [ProbeCandidate(**fields) for fields in contenders]
    race, partial = racing.run(dataset, candidates, plan)
    dropped = [c for c in candidates if plan.race and c.candidate not in race.left]
    remaining = [c for c in candidates if c not in dropped]
    scores, facts = scoring.score_candidates(dataset, remaining, plan.primary, plan.threads)
    splits = labelled_splits(dataset, plan.primary)
    if dropped:
        items = len(splits.both)
        rows = [scoring.candidate_facts(c, partial[c.candidate], items) for c in dropped]
        facts = pd.concat([facts, pd.DataFrame(rows)], ignore_index=True)
    ranking = finalists.order(scores, facts, race.dropped if plan.race else [])
    trainable = ranking["model"].map(kinds.trainable)
    chosen = finalists.choose(ranking[trainable], plan.finalists)
    seen, steps = race.seen if plan.race else {}, len(splits.train) * plan.epochs
    costs = _costs(scores["seconds"].sum(), facts, chosen, seen, steps)
    return Screening(dataset.study, plan, scores, facts, ranking, chosen, race, costs)


def scores(screening: Screening) -> pd.DataFrame:
    """Lay out the scores: a row per candidate in the order found, a column per method."""
    table = screening.scores.pivot(index="candidate", columns="method", values="value")
    order = screening.ranking["candidate"]
    return table.reindex(index=order, columns=list(METHODS)).reset_index()


def seconds(screening: Screening) -> pd.DataFrame:
    """Give the seconds that each method took for all candidates, and what it does, in words."""
    spent = screening.scores.groupby("method")["seconds"].sum().reindex(list(METHODS))
    return pd.DataFrame(
        {"method": spent.index, "seconds": spent.values, "what it is": METHODS.values()}
    )


def sentences(screening: Screening) -> list[str]:
    """Say which models go on, how close it was, what a race saves and what all of it costs."""
    race, first = screening.race, screening.ranking.iloc[0]
    spent, everything = screening.costs[["spent", "everything"]].sum()
    dropped = ", ".join(race.dropped) or "no candidate"
    unlike = "" if race.metric == screening.plan.primary else "; the primary metric cannot be raced"
    tense = "dropped" if screening.plan.race else "would have dropped"
    return [
        f"To be fine-tuned: {', '.join(screening.chosen)}, of {len(screening.ranking)} candidates.",
        f"{first['candidate']} is first: mean rank {first['mean_rank']:g} of its probe's "
        f"({first['probe_rank']:g}) and the published one ({first['static_rank']:g}).",
        f"A race {tense} {dropped} and computed {100 * race.saved:.0f}% fewer features, with a "
        f"risk of at most {100 * race.alpha:g}% of losing the candidate that is best on validation "
        f"by {metric_name(race.metric)}, as a probe of a round's share of train{unlike}.",
        f"Features, scores and finalists: about {spent:.0f} s; with a fine-tune of every "
        f"candidate: about {everything:.0f} s, {everything / spent:.1f} times as much.",
    ]


def save(screening: Screening) -> None:
    """Write selection.json: every candidate's scores, the order, the finalists, the cost."""
    s = screening
    facts = s.facts.set_index("candidate").to_dict("index")
    by_method = s.scores.set_index("method")[["candidate", "value", "seconds", "note"]]
    scores = {
        name: rows.drop(columns="candidate").to_dict("index")
        for name, rows in by_method.groupby("candidate")
    }
    rows = [
        row | facts[row["candidate"]] | {"scores": scores.get(row["candidate"], {})}
        for row in s.ranking.to_dict("records")
    ]
    race = records.RaceResult(
        run=s.plan.race,
        alpha=s.race.alpha,
        metric=s.race.metric,
        saved=s.race.saved,
        left=s.race.left,
        dropped=s.race.dropped,
        rounds=records.Round.from_table(s.race.rounds),
    )
    records.Selection(
        study=s.study,
        primary=s.plan.primary,
        rule=finalists.RULE,
        contenders=[records.ScoredCandidate(**row) for row in rows],
        finalists=s.chosen,
        costs=records.SelectionCost.from_table(s.costs),
        race=race,
    ).write(s.study)


def _costs(
    of_methods: float, facts: pd.DataFrame, chosen: list[str], seen: dict[str, float], steps: int
) -> pd.DataFrame:
    """Add up seconds: measured for features and scores, estimated for fine-tunes.

    ``seen`` is the share of the features that each candidate needed in a race, ``steps`` the
    number of items in all epochs of a fine-tune.
    """
    tuned = facts["item_seconds"] * PASSES * steps  # at least
    shares = facts["candidate"].map(seen).fillna(1.0) if seen else 1.0
    of_features, finalist = facts["features_seconds"], facts["model"].isin(chosen)
    tried = ~facts["model"].duplicated() & (facts["pretrained"] | finalist)
    tried &= facts["model"].map(kinds.trainable)
    rows = [
        ("features of the candidates", (of_features * shares).sum(), of_features.sum()),
        ("scores by every method", of_methods, of_methods),
        ("fine-tuning, estimated", tuned[tried & finalist].sum(), tuned[tried].sum()),
    ]
    columns = ["what", "spent", "everything"]
    return pd.DataFrame(rows, columns=columns).astype({"spent": float, "everything": float})
