"""Contenders become finalists: raced or all measured, put in order, and what that cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.records.selection import (
    RaceResult,
    Round,
    ScoredCandidate,
    Selection,
    SelectionCost,
)
from helpers.data.dataset import Dataset
from helpers.models import kinds
from helpers.selection import finalists, racing, scoring
from helpers.selection.scoring import Measured
from helpers.selection.successive_elimination import Race
from helpers.selection.transferability.methods import METHODS


@dataclass(frozen=True)
class Screening:
    """What a study's selection found.

    ``ranking`` has a row a contender, best first: candidate, model, probe_rank, static_rank,
    mean_rank, gflops. ``chosen`` are the models to fine-tune. ``race`` was run for real where
    ``raced``, and else is the one that would have been. ``costs`` has a row for each thing that
    takes time, with the seconds ``spent`` and those that trying ``everything`` takes.
    """

    study: str
    primary: str
    raced: bool
    measured: Measured
    ranking: pd.DataFrame
    chosen: list[str]
    race: Race
    costs: pd.DataFrame


def screen(
    dataset: Dataset,
    contender_fields: Sequence[dict[str, Any]],
    count: int,
    epochs: int,
    race: bool,
    primary: str,
    seed: int,
    threads: int | None = None,
) -> Screening:
    """Choose the finalists of a study on its train and validation sides.

    Parameters
    ----------
    dataset : Dataset
    contender_fields : sequence of dict
        The fields of a ``Contender`` each.
    count : int
        How many finalists.
    epochs : int
        Of their fine-tune, for what it will cost.
    race : bool
        Whether contenders drop out before all their features are computed.
    primary : str
        The metric on validation.
    seed : int
        Of the race's order of items.
    threads : int, optional

    Raises
    ------
    UserError
        A model that cannot be loaded; no training or no validation items.
    """
    everyone = scoring.listed(contender_fields)
    settings = (dataset, everyone, primary, count, seed, threads)
    run, partial = racing.run(*settings) if race else (racing.replay(*settings), {})
    left = [each for each in everyone if not race or each.candidate in run.left]
    measured = scoring.measure(dataset, left, primary, threads)
    sides = scoring.known(dataset, primary)
    items = len(sides.train) + len(sides.validation)
    out = [each for each in everyone if each not in left]
    rows = [scoring.facts(each, partial[each.candidate], items) for each in out]
    facts = pd.concat([measured.facts, pd.DataFrame(rows)]) if rows else measured.facts
    measured = Measured(measured.scores, facts.reset_index(drop=True))
    ranking = finalists.order(measured.scores, measured.facts, run.dropped if race else [])
    trained = ranking["model"].map(kinds.trainable)
    chosen = finalists.choose(ranking[trained], count)
    costs = _costs(measured, chosen, run.seen if race else {}, len(sides.train), epochs)
    return Screening(dataset.study, primary, race, measured, ranking, chosen, run, costs)


def scores(screening: Screening) -> pd.DataFrame:
    """Lay out what the methods say: a row a contender in the order found, a column a method."""
    table = screening.measured.scores.pivot(index="candidate", columns="method", values="value")
    order = screening.ranking["candidate"]
    return table.reindex(index=order, columns=list(METHODS)).reset_index()


def seconds(screening: Screening) -> pd.DataFrame:
    """Give the seconds that each method took for all contenders, and what it does, in words."""
    spent = screening.measured.scores.groupby("method")["seconds"].sum().reindex(list(METHODS))
    return pd.DataFrame(
        {"method": spent.index, "seconds": spent.values, "what it is": METHODS.values()}
    )


def sentences(screening: Screening) -> list[str]:
    """Say who goes on, how close it was, what the race saves and what all of it costs."""
    s, first = screening, screening.ranking.iloc[0]
    total = s.costs[["spent", "everything"]].sum()
    found = [
        f"To be fine-tuned: {', '.join(s.chosen)}, of {len(s.ranking)} contenders.",
        f"{first['candidate']} is first: mean rank {first['mean_rank']:g} of its probe's "
        f"({first['probe_rank']:g}) and the published one ({first['static_rank']:g}).",
    ]
    dropped = ", ".join(s.race.dropped) or "nobody"
    tense = "dropped" if s.raced else "would have dropped"
    found.append(
        f"A race {tense} {dropped}: {100 * s.race.saved:.0f} % of the features less, at a risk of "
        f"{100 * s.race.alpha:g} % of losing the one that is best on validation."
    )
    found.append(
        f"Features, scores and finalists: about {total['spent']:.0f} s; fine-tuning every "
        f"contender as well: about {total['everything']:.0f} s, "
        f"{total['everything'] / total['spent']:.1f} times as much."
    )
    return found


def save(screening: Screening) -> None:
    """Write selection.json: every contender's scores, the order, the finalists, the cost."""
    s = screening
    facts = s.measured.facts.set_index("candidate").to_dict("index")
    given = s.measured.scores.set_index("method").groupby("candidate")
    said = {name: rows[["value", "seconds", "note"]].to_dict("index") for name, rows in given}
    rows = [
        row | facts[row["candidate"]] | {"scores": said.get(row["candidate"], {})}
        for row in s.ranking.to_dict("records")
    ]
    race = RaceResult(
        run=s.raced,
        alpha=s.race.alpha,
        saved=s.race.saved,
        left=s.race.left,
        dropped=s.race.dropped,
        rounds=Round.from_table(s.race.rounds),
    )
    Selection(
        study=s.study,
        primary=s.primary,
        rule=finalists.RULE,
        contenders=[ScoredCandidate(**row) for row in rows],
        finalists=s.chosen,
        costs=SelectionCost.from_table(s.costs),
        race=race,
    ).write(s.study)


def _costs(
    measured: Measured, chosen: list[str], seen: dict[str, float], items: int, epochs: int
) -> pd.DataFrame:
    """Add up seconds: measured for features and scores, estimated for fine-tunes."""
    facts = measured.facts
    tuned = scoring.finetune_seconds(facts, items, epochs)
    shares = facts["candidate"].map(seen).fillna(1.0) if seen else 1.0
    scored = measured.scores["seconds"].sum()
    whole = facts["features_seconds"].sum()
    first = ~facts["model"].duplicated() & (facts["pretrained"] | facts["model"].isin(chosen))
    first &= facts["model"].map(kinds.trainable)
    rows = [
        ("features of the contenders", (facts["features_seconds"] * shares).sum(), whole),
        ("scores by every method", scored, scored),
        (
            "fine-tuning, estimated",
            tuned[first & facts["model"].isin(chosen)].sum(),
            tuned[first].sum(),
        ),
    ]
    return pd.DataFrame(rows, columns=["what", "spent", "everything"]).astype(
        {"spent": np.float64, "everything": np.float64}
    )
