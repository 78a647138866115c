"""selection.json: which candidates stage 2-select chose to fine-tune, and why."""

from helpers.core.records.base import Number, Part, Record


class MethodScore(Part):
    """One method's score of one candidate, null with a note where it has none."""

    value: Number
    seconds: Number
    note: str


class ScoredCandidate(Part):
    """A candidate with its ranks, its size and every method's score."""

    candidate: str
    model: str
    probe_rank: Number
    static_rank: Number
    mean_rank: Number
    gflops: Number
    pretrained: bool
    parameters: int
    item_seconds: Number
    features_seconds: Number
    scores: dict[str, MethodScore]


class SelectionCost(Part):
    """Seconds spent on one step, and those that it takes to try everything."""

    what: str
    spent: Number
    everything: Number


class Round(Part):
    """A candidate in one round; ``right`` is its accuracy, ``value`` the race's metric."""

    round: int
    contender: str
    items: int
    right: Number
    value: Number = None
    behind: str | None
    p: Number
    limit: Number
    dropped: bool


class RaceResult(Part):
    """The race; ``run`` tells whether it was run, or replayed from features that are all there.

    It drops the best candidate by ``metric`` with a probability of at most ``alpha``.
    """

    run: bool
    alpha: Number
    metric: str = "accuracy"
    saved: Number
    left: list[str]
    dropped: list[str]
    rounds: list[Round]


class Selection(Record):
    """The selection of a study, ``contenders`` best first; ``finalists`` are names of models."""

    FILE = "selection.json"
    study: str
    primary: str
    rule: str
    contenders: list[ScoredCandidate]
    finalists: list[str]
    costs: list[SelectionCost]
    race: RaceResult
