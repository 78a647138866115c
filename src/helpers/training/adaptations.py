"""The ways to adapt a model, and the plain baselines: each a function that is loaded by name."""

from collections.abc import Callable

from helpers.core import dotted_names
from helpers.training.outcome import Outcome, Task

__all__ = ["BASELINES", "FITS", "Outcome", "Task", "fit", "modules"]

_AT = "helpers.training"
FITS = {
    "baseline": f"{_AT}.baselines.baseline",
    "probe": f"{_AT}.probing.probed",
    "finetune": f"{_AT}.finetuning.finetuned",
    "scratch": f"{_AT}.finetuning.from_scratch",
    "predictions": f"{_AT}.external_predictions.given",
}
"""Each adaptation: a task to its outcome."""
BASELINES = {
    "majority": f"{_AT}.baselines.majority.majority",
    "pixels": f"{_AT}.baselines.pixels.pixels",
    "pixels-svm": f"{_AT}.baselines.pixels.pixels_svm",
    "tfidf-logistic": f"{_AT}.baselines.tfidf.logistic",
    "tfidf-svm": f"{_AT}.baselines.tfidf.svm",
    "log-mel": f"{_AT}.baselines.log_mel.log_mel",
}
"""Each baseline: a dataset, two splits, the primary metric and options to a ``Baseline``."""


def fit(adaptation: str, task: Task) -> Outcome:
    """Adapt a model as a task asks."""
    function: Callable[[Task], Outcome] = dotted_names.load(FITS[adaptation])
    return function(task)


def modules(adaptation: str, model: str) -> list[str]:
    """Name the modules that ``fit`` loads by name, for what depends on their code."""
    names = [FITS.get(adaptation), BASELINES.get(model) if adaptation == "baseline" else None]
    return [dotted_names.module_of(name) for name in names if name]
