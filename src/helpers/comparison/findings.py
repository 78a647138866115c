"""What a comparison's numbers say, in sentences."""

from helpers.comparison.result import Comparison
from helpers.core.formatting import counted
from helpers.metrics.names import metric_name


def of_comparison(comparison: Comparison) -> list[str]:
    """Say who leads, who ties, and what the test set could show."""
    c = comparison
    best = c.table.iloc[0]
    sure = c.pairs["p_holm"] < 0.05
    found = [
        f"First of {len(c.table)}: {c.winner}, {metric_name(c.primary)} {best['value']:.3f} "
        f"[{best['low']:.3f}, {best['high']:.3f}].",
        f"Tied with it: {', '.join(c.tied_with) or 'none'}.",
    ]
    if len(c.pairs):
        found.append(f"More than chance: {int(sure.sum())} of {counted(len(c.pairs), 'pair')}.")
        found.append(
            f"These {c.n} test items show differences of {c.detectable_difference:.3f} and more."
        )
    return found
