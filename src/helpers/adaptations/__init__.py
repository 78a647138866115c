"""The ways to make a model of a data set: a plain baseline, a probe, a whole network trained."""

from helpers.adaptations.frozen import baseline, given, probed
from helpers.adaptations.outcome import Outcome, Task
from helpers.adaptations.trained import finetuned, from_scratch

__all__ = ["FITS", "Outcome", "Task"]

FITS = {
    "baseline": baseline,
    "probe": probed,
    "finetune": finetuned,
    "scratch": from_scratch,
    "predictions": given,
}
"""Each adaptation: a task to its outcome."""
