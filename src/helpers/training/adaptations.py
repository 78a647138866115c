"""The ways to make a model of a data set: a plain baseline, a probe, a whole network trained."""

from helpers.training.baselines import baseline
from helpers.training.external_predictions import given
from helpers.training.finetuning import finetuned, from_scratch
from helpers.training.outcome import Outcome, Task
from helpers.training.probing import probed

__all__ = ["FITS", "Outcome", "Task"]

FITS = {
    "baseline": baseline,
    "probe": probed,
    "finetune": finetuned,
    "scratch": from_scratch,
    "predictions": given,
}
"""Each adaptation: a task to its outcome."""
