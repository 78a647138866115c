"""What the project knows of one metric; the entries stand beside the functions they name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

CLASSIFICATION, TRANSCRIPTION, DETECTION = "classification", "transcription", "detection"


@dataclass(frozen=True)
class Metric:
    """One metric: ``name`` in files and ``primary:``, ``label`` and ``definition`` for readers.

    ``function`` computes it from what it ``reads``:

    - ``counts``: from ``Counts`` [..., K] to values [...];
    - ``scores``: from labels [N] and probabilities [N, K] to each item's loss [N], averaged;
    - ``ranking``: from whether items are of a class [N] and its scores [N] to the value and each
      item's influence [N], averaged over classes;
    - ``edits``: from sums of ``word_error_rate.table`` [..., 10] to values [...];
    - ``boxes``: from sums of ``boxes.resampled.counts`` [..., 4] to values [...];
    - nothing: evaluation computes it along with a curve or table, so there is no function.

    ``interval`` names how its interval is made without groups: Wilson's of the share of items that
    are right, that of a mean of recalls, the bootstrap, or the jackknife of a ranking. A mean
    ``over_classes`` is one over those with test items; each keeps its place where a resample misses
    it. ``lowest`` and ``highest`` bound its values. A metric that ``may_choose`` may be a study's
    primary one; on validation its own function scores, or scikit-learn's, so that an edit here
    retrains nothing.
    """

    name: str
    label: str
    definition: str
    function: Callable[..., Any] | None = None
    reads: Literal["counts", "scores", "ranking", "edits", "boxes", ""] = ""
    interval: Literal["Wilson", "recalls", "bootstrap", "jackknife"] = "bootstrap"
    over_classes: bool = False
    family: str = CLASSIFICATION
    lower_is_better: bool = False
    lowest: float = 0.0
    highest: float = float("inf")
    may_choose: bool = False
    validation: Literal["own", "scikit-learn"] = "own"

    @property
    def needs_scores(self) -> bool:
        """Tell whether predicted classes alone do not give it."""
        return self.reads in ("scores", "ranking")

    @property
    def module(self) -> str:
        """Name the module of its function; empty without one."""
        return self.function.__module__ if self.function else ""
