"""What the evaluations of all tasks have in common."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from helpers.core.records.metrics import Provenance, SliceGap, SliceResult
from helpers.core.records.parts import Cost, Result
from helpers.evaluation.slices import SliceTables
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate

USUAL = Resampling(seed=42)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The results of one candidate on its ``n`` test items."""

    BESIDE: ClassVar[tuple[str, ...]] = ()  # metrics that stand beside the primary one

    study: str
    candidate: str
    model: str
    adaptation: str
    primary: str
    n: int
    metrics: dict[str, Estimate]
    slices: SliceTables
    cost: dict[str, Any]
    doubts: Sequence[str] = ()  # about predictions made elsewhere

    @property
    def headline(self) -> pd.DataFrame:
        """Every metric as a row: the primary one, then those beside it."""
        order = dict.fromkeys([self.primary, *self.BESIDE, *self.metrics])
        return pd.DataFrame([{"metric": name, **asdict(self.metrics[name])} for name in order])

    def record_fields(self) -> dict[str, Any]:
        """Return the fields of metrics.json that all tasks share."""
        from helpers.core import provenance

        names = ("study", "candidate", "model", "adaptation", "n", "primary")
        return {name: getattr(self, name) for name in names} | {
            "metrics": {name: Result(**asdict(value)) for name, value in self.metrics.items()},
            "slices": SliceResult.from_table(self.slices.scores),
            "slice_gaps": SliceGap.from_table(self.slices.gaps),
            "cost": Cost(**self.cost),
            "provenance": Provenance(**provenance.collect()),
        }


def interval(estimate: Any) -> str:
    """Write an estimate, or a row with value, low and high, with its interval if it has one."""
    if np.isnan(estimate.value):
        return "undefined"
    limits = f" (95 % CI [{estimate.low:.3f}, {estimate.high:.3f}])"
    return f"{estimate.value:.3f}{'' if np.isnan(estimate.low) else limits}"
