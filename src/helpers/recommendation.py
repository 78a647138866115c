"""The answer in one paragraph, made from the numbers, for a reader who is no statistician."""

import math
import re

import pandas as pd

from helpers.metrics.classification import LOWER_IS_BETTER


def recommend(table: pd.DataFrame, pairs: pd.DataFrame, primary: str, items: int) -> str:
    """Say which candidate to take, how good and how sure, what it costs, and what ties with it.

    Parameters
    ----------
    table, pairs
        Of a ``leaderboard.Comparison``: best first, with the column ``tied``.
    primary
        The metric that ordered them.
    items
        How many test items there are.

    Returns
    -------
    str
        Plain text, without markup.
    """
    winner = table.iloc[0]
    if math.isnan(winner["value"]):
        return f"No candidate has a defined {_name(primary)} on these {items} test items."
    sentences = [_quality(winner, primary, items), _cost(winner)]
    if len(table) > 1:
        own = pairs[pairs["a"] == winner["candidate"]].set_index("b")
        tied = table.iloc[1:][table["tied"].iloc[1:]]
        sentences += _ties(winner, tied, own, primary, items)
        sentences += [_baselines(winner, table.iloc[1:], own, primary)]
    return " ".join(filter(None, sentences))


def _quality(winner: pd.Series, primary: str, items: int) -> str:
    value = f"{_name(primary)} {winner['value']:.3f}"
    if not math.isnan(winner["low"]):
        value += f" (95 % interval {winner['low']:.3f} to {winner['high']:.3f})"
    right = f"it is right on {100 * winner['accuracy']:.0f} of 100 of the {items} test items"
    return f"{_who(winner)} comes first, with {value}: {right}, none of which it trained on."


def _who(row: pd.Series) -> str:
    """Name a candidate, and its model where the name alone does not tell."""
    model = row["label"].partition(": ")[2]
    plain = re.fullmatch(r"[\w:.-]+", model)
    told = row["adaptation"] == "baseline" or model in row["candidate"]
    return row["candidate"] if told or not plain else f"{row['candidate']} ({row['label']})"


def _cost(row: pd.Series) -> str:
    parts = []
    if not math.isnan(row["cost"]):
        parts.append(f"{_two_digits(row['cost'])} ms an item to predict")
    if not math.isnan(row["fit_seconds"]):
        parts.append(f"{_two_digits(row['fit_seconds'])} s to train")
    return f"It takes {' and '.join(parts)}." if parts else ""


def _ties(
    winner: pd.Series, tied: pd.DataFrame, own: pd.DataFrame, primary: str, items: int
) -> list[str]:
    if not len(tied):
        beaten = own["p_holm"].max()
        return [f"Its lead over every other candidate is more than chance ({_p(beaten)})."]
    names = tied["candidate"].tolist()
    verb = "ties" if len(names) == 1 else "tie"
    p = own.loc[names, "p_holm"]
    said = [f"{_list(names)} {verb} with it: so small a difference can be chance ({_p(p.min())})."]
    if plain := tied.loc[tied["adaptation"] == "baseline", "candidate"].tolist():
        said.append(
            f"A plain baseline is among them ({_list(plain)}), so on these items the winner has "
            "not shown that it is worth its cost."
        )
    cheap = tied[tied["cost"] < winner["cost"]].sort_values("cost")
    if len(cheap):
        pick = cheap.iloc[0]
        loss = abs(pick["value"] - winner["value"])
        said.append(
            f"The cheapest of them is {pick['candidate']} ({_two_digits(pick['cost'])} ms an item, "
            f"{_amount(loss, primary)} behind): take it unless that matters more than the cost."
        )
    return [*said, _apart(winner, names[0], own.loc[names[0]], primary, items)]


def _apart(winner: pd.Series, other: str, pair: pd.Series, primary: str, items: int) -> str:
    """Say what would tell the winner from the closest candidate."""
    shows = (
        f"On {items} items only a difference of about {_amount(pair['detectable'], primary)} "
        "would show reliably"
    )
    if not math.isfinite(pair["items_needed"]):
        return f"{shows}; {other} scores exactly the same, so more items may never part the two."
    needed = _round_up(pair["items_needed"])
    return (
        f"{shows}; if the difference between {winner['candidate']} and {other} is real, about "
        f"{needed:,} test items would probably settle it."
    )


def _baselines(winner: pd.Series, rest: pd.DataFrame, own: pd.DataFrame, primary: str) -> str:
    if winner["adaptation"] == "baseline":
        return "It is a plain baseline: no network in this study does better on these items."
    plain = rest[(rest["adaptation"] == "baseline") & ~rest["tied"] & rest["value"].notna()]
    if not len(plain):
        return ""
    leads = [
        f"{row['candidate']} by {_amount(abs(winner['value'] - row['value']), primary)}"
        for _, row in plain.iterrows()
    ]
    return f"It beats the plain baseline{'s' * (len(leads) > 1)} {_list(leads)}."


def _name(metric: str) -> str:
    return {"macro-f1": "macro-F1", "weighted-f1": "weighted F1", "roc-auc": "ROC AUC"}.get(
        metric, metric.replace("-", " ")
    )


def _amount(difference: float, metric: str) -> str:
    """Write a difference in points, hundredths of the metric; that of a loss as it is."""
    if metric in LOWER_IS_BETTER:
        return f"{difference:.3f}"
    points = f"{100 * difference:.1f}"
    return f"{points} point{'' if points == '1.0' else 's'}"


def _two_digits(number: float) -> str:
    """Round to two significant digits, without an exponent."""
    if number <= 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(number)))
    return f"{round(number, 1 - math.floor(math.log10(number))):,.{min(places, 4)}f}"


def _round_up(number: float) -> int:
    scale = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(math.ceil(number / scale) * scale)


def _p(p: float) -> str:
    return "p below 0.001 after correction" if p < 0.001 else f"p = {p:.3f} after correction"


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
