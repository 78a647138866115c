"""Records of build/ with plain defaults: a test gives the fields that it is about."""

from helpers.core.records.data import DataRecord, ItemCounts
from helpers.core.records.detection_metrics import DetectionMetrics
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.metrics import Metrics
from helpers.core.records.selection import Selection
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.core.records.training import Training

INTERVAL = {"value": 0.5, "low": 0.4, "high": 0.6, "method": "made", "note": ""}
COUNTS = {"original": 4, "loaded": 4, "dropped": 0, "used": 4, "splits": {}, "labels": {}}
CHECK = {"title": "A check", "severity": "warning", "detail": "", "consequence": ""}
ROW = INTERVAL | {"label": "made", "adaptation": "probe", "rank": 1, "rank_low": 1, "rank_high": 1}
ROW |= {"lead": None, "lead_low": None, "lead_high": None, "verdict": "worse"}
ROW |= {"tied": False, "accuracy": 0.5, "cost": {}, "fit_seconds": None, "parameters": None}


def data_record(study="made", counts=None, checks=(), **fields):
    """Make data.json; ``checks`` need their code and count."""
    made = {"task": "image-classification", "source": "elpv", "split": {}, "digest": "made"}
    made |= {"source_digest": "made", "classes": ["a", "b"], "dropped": [], "notes": []}
    made |= {"ceiling": [], "licence": "", "citation": "", "root": ""}
    counts = ItemCounts(**COUNTS | (counts or {}))
    return DataRecord(
        study=study, counts=counts, checks=[CHECK | each for each in checks], **made | fields
    )


def training_record(study="made", candidate="probe-a", **fields):
    """Make training.json."""
    made = {"model": candidate.removeprefix("probe-"), "adaptation": "probe"} | fields
    made = {"resolved_model": made["model"]} | made
    return Training(study=study, candidate=candidate, **made)


def metrics_record(study="made", candidate="probe-a", metrics=None, **fields):
    """Make metrics.json; rows of results need what differs from ``INTERVAL``."""
    made = {"model": candidate, "adaptation": "probe", "n": 4, "primary": "macro-f1"}
    tables = {
        name: [INTERVAL | row for row in fields.pop(name)]
        for name in ("slices", "robustness", "shift")
        if name in fields
    }
    metrics = {name: INTERVAL | result for name, result in (metrics or {}).items()}
    return Metrics(study=study, candidate=candidate, metrics=metrics, **made | tables | fields)


def speech_metrics_record(study="made", candidate="heard", **fields):
    """Make metrics.json of speech recognition."""
    common = metrics_record(study, candidate, primary="word-error-rate", **fields).facts()
    tables = {"normalisations": [], "edits": [], "imagined": []}
    return SpeechMetrics(
        normalisation="plain", speakers=None, resampled="utterances", **common | tables
    )


def detection_metrics_record(study="made", candidate="found", **fields):
    """Make metrics.json of object detection."""
    own = {"classes": ["a"], "objects": 9, "threshold": 0.5, "groups": None, "resampled": "images"}
    own |= {"per_class": [], "confusion": [[8, 1], [2, 0]], "errors": {}, "false_positives": []}
    own |= {"calibration": None}
    own |= {name: fields.pop(name) for name in [*own] if name in fields}
    fields = {"primary": "mean-average-precision"} | fields
    return DetectionMetrics(**metrics_record(study, candidate, **fields).facts() | own)


def leaderboard_record(study="made", rows=(), **fields):
    """Make leaderboard.json; ``rows`` need their candidate, the first wins."""
    made = {"primary": "macro-f1", "n": 4, "groups": None, "pairs": [], "tied_with": []}
    made |= {"detectable_difference": None, "answer": [], "details": [], "recommendation": ""}
    made |= {"seeds": {}, "published": [], "winner": rows[0]["candidate"] if rows else "none"}
    made |= {
        "expected": INTERVAL,
        "margin": None,
    }
    rows = [{"runs": [row["candidate"]], "run": row["candidate"]} | row for row in rows]
    return Leaderboard(study=study, rows=[ROW | row for row in rows], **made | fields)


def selection_record(models, finalists, study="made", **scored):
    """Make selection.json: probes of these models in this order; ``scored`` holds for each."""
    made = {"probe_rank": 1, "static_rank": 1, "mean_rank": 1, "pretrained": True, "parameters": 9}
    made |= {"item_seconds": 0.1, "features_seconds": 1.0}
    rows = [
        made
        | {"candidate": f"probe-{model}", "model": model, "gflops": 1.0 + position}
        | {name: value(position) for name, value in scored.items()}
        for position, model in enumerate(models)
    ]
    costs = [{"what": what, "spent": 10.0, "everything": 10.0} for what in ("features", "scores")]
    race = {"run": False, "alpha": 0.05, "saved": 0.0, "left": [], "dropped": [], "rounds": []}
    return Selection(
        study=study,
        primary="macro-f1",
        rule="made",
        contenders=[{"scores": {}} | row for row in rows],
        finalists=finalists,
        costs=costs,
        race=race,
    )


def rewrite(record, study, candidate=None, **fields):
    """Write a record of a study again with other values of some fields."""
    found = record.read(study, candidate)
    record(**found.facts() | fields).write(study, candidate)
