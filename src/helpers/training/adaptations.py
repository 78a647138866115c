"""The ways to adapt a model, and the plain baselines: each a function that is loaded by name."""

from helpers.core import dotted_names
from helpers.core.errors import check_known

_AT = "helpers.training"
FITS = {  # each adaptation: an AdaptationRequest to its AdaptationResult
    "baseline": f"{_AT}.baselines.fit_baseline",
    "probe": f"{_AT}.probing.fit_probe",
    "finetune": f"{_AT}.finetuning.finetune",
    "scratch": f"{_AT}.finetuning.train_from_scratch",
    "zeroshot": f"{_AT}.language_identification.identify",
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
DETECTORS = {  # each way to a detector: a DetectionRequest to its DetectorResult
    "zeroshot": f"{_AT}.detection_zeroshot.run",
    "probe": f"{_AT}.detection_head.trained",
    "finetune": f"{_AT}.detection_head.trained",
    "scratch": f"{_AT}.detection_head.trained",
    "predictions": f"{_AT}.external_detections.read_detections",
}
BOX_BASELINES = {
    "mean-boxes": f"{_AT}.detection_baselines.mean_boxes",
    "connected-components": f"{_AT}.detection_baselines.connected_components",
    "local-maxima": f"{_AT}.detection_baselines.local_maxima",
}


def of_boxes(adaptation: str, model: str) -> str:
    """Name the function that makes a detector; raises UserError for one that there is not."""
    table, what, name = DETECTORS, "adaptation", adaptation
    if adaptation == "baseline":
        table, what, name = BOX_BASELINES, "baseline", model
    check_known(what, name, table)
    return table[name]


def modules(adaptation: str, model: str, boxes: bool = False) -> list[str]:
    """Name the modules that training loads by name, for what depends on their code."""
    if boxes:
        return [dotted_names.module_of(of_boxes(adaptation, model))]
    names = [FITS.get(adaptation), BASELINES.get(model) if adaptation == "baseline" else None]
    return [dotted_names.module_of(name) for name in names if name]
