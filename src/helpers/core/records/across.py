"""across.json: how stage 5-across compared the same candidates over several studies."""

from helpers.core.records.base import Number, Part, Record


class MeanRank(Part):
    """A candidate's mean rank over the studies, with the best and worst one."""

    candidate: str
    mean_rank: Number
    best: Number
    worst: Number


class Probabilities(Part):
    """Two candidates, and how probably ``a`` is better than, practically equal to, worse than b."""

    a: str
    b: str
    better: Number
    same: Number
    worse: Number


class AcrossPair(Probabilities):
    """Two candidates over all studies; ``p`` by Nemenyi's test."""

    mean_difference: Number
    p: Number


class StudyPair(Probabilities):
    """Two candidates in one study."""

    study: str
    difference: Number


class Across(Record):
    """The comparison over studies; ``values`` by study and candidate, ``p`` by Friedman's test."""

    FILE = "across.json"
    studies: list[str]
    candidates: list[str]
    rope: float
    p: Number
    least_p: Number
    critical_difference: Number
    ranks: list[MeanRank]
    values: dict[str, dict[str, Number]]
    pairs: list[AcrossPair]
    each: list[StudyPair]
    recommendation: str
