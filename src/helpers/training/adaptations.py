"""The ways to adapt a model, and the plain baselines: each a function that is loaded by name."""

from helpers.core import dotted_names

_AT = "helpers.training"
FITS = {  # each adaptation: an AdaptationRequest to its AdaptationResult
    "baseline": f"{_AT}.baselines.fit_baseline",
    "probe": f"{_AT}.probing.fit_probe",
    "finetune": f"{_AT}.finetuning.finetune",
    "scratch": f"{_AT}.finetuning.train_from_scratch",
    "predictions": f"{_AT}.external_predictions.read_predictions",
}
BASELINES = {  # each baseline: an AdaptationRequest to its BaselineResult
    "majority": f"{_AT}.baselines.majority.majority",
    "pixels": f"{_AT}.baselines.pixels.pixels",
    "pixels-svm": f"{_AT}.baselines.pixels.pixels_svm",
    "tfidf-logistic": f"{_AT}.baselines.tfidf.logistic",
    "tfidf-svm": f"{_AT}.baselines.tfidf.svm",
    "log-mel": f"{_AT}.baselines.log_mel.log_mel",
}


def modules(adaptation: str, model: str) -> list[str]:
    """Name the modules that ``fit`` loads by name, for what depends on their code."""
    names = [FITS.get(adaptation), BASELINES.get(model) if adaptation == "baseline" else None]
    return [dotted_names.module_of(name) for name in names if name]
