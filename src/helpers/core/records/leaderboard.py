"""leaderboard.json: how stage 4-compare ordered a study's candidates."""

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.data import PublishedResult
from helpers.core.records.parts import Cost, Result


class CandidateResult(Result):
    """A candidate on the leaderboard; ``tied`` with the winner, ranks ``rank_low`` to ``_high``."""

    candidate: str
    label: str
    adaptation: str
    rank: int
    rank_low: int
    rank_high: int
    tied: bool
    accuracy: Number
    cost: Cost
    fit_seconds: Number
    parameters: int | None


class FamilyPair(Part):
    """The difference of two families or candidates; ``p_holm`` is corrected."""

    a: str
    b: str
    difference: Number
    low: Number
    high: Number
    p: Number
    p_holm: Number


class PairResult(FamilyPair):
    """Two candidates, ``a`` the better placed.

    ``detectable`` is the difference that so many items reliably show, ``items_needed`` the number
    that would show this one.
    """

    error: Number
    detectable: Number
    items_needed: Number
    method: str


class Family(Part):
    """Runs of one candidate with several seeds, and the standard deviations of one run."""

    family: str
    seeds: int
    items: int
    value: Number
    low: Number
    high: Number
    training: Number
    training_low: Number
    training_high: Number
    sampling: Number
    together: Number
    share: Number


class SeedRun(Part):
    """One run of a family."""

    family: str
    candidate: str
    value: Number


class Seeds(Part):
    """Families of runs that differ by their seed alone; empty without any."""

    families: list[Family] = []
    runs: list[SeedRun] = []
    pairs: list[FamilyPair] = []


class Leaderboard(Record):
    """The comparison of a study's candidates, best first.

    ``answer`` has at most three sentences, and the doubts about the winner after the first;
    ``recommendation`` is the same as one paragraph; ``details`` has what they leave out.
    ``groups`` counts the groups that were resampled.
    """

    FILE = "leaderboard.json"
    study: str
    primary: str
    n: int
    groups: int | None
    rows: list[CandidateResult]
    pairs: list[PairResult]
    winner: str
    tied_with: list[str]
    detectable_difference: Number
    answer: list[str]
    details: list[str]
    recommendation: str
    seeds: Seeds
    published: list[PublishedResult]
