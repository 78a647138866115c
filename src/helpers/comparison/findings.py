"""The comparison in a few lines, for the end of its notebook."""

from math import isfinite

from helpers.comparison.board import ALPHA
from helpers.comparison.result import Comparison
from helpers.core.formatting import counted
from helpers.evaluation.evaluation import interval
from helpers.metrics.names import metric_name


def of_comparison(comparison: Comparison) -> list[str]:
    """Say which candidate leads, which tie, and what the test set could show."""
    c, best = comparison, comparison.table.iloc[0]
    found = [
        f"First of {len(c.table)}: {c.winner}, measured {metric_name(c.primary)} {interval(best)}.",
        f"Not told apart from it: {', '.join(c.tied_with) or 'none'}.",
    ]
    if len(c.pairs):
        significant = int((c.pairs["p_holm"] < ALPHA).sum())
        found.insert(1, f"To expect of it, its pick allowed for: {interval(c.expected)}.")
        found.append(f"Significant differences: {significant} of {counted(len(c.pairs), 'pair')}.")
    if isfinite(c.detectable_difference):
        found.append(
            f"These {c.n:,} test items show a difference of {c.detectable_difference:.3f} in four "
            "tries of five."
        )
    return found
