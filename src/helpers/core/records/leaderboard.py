"""leaderboard.json: how stage 4-compare ordered a study's candidates."""

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.data import PublishedResult
from helpers.core.records.parts import Cost, Result


class CandidateResult(Result):
    """A candidate on the leaderboard, as measured; ranks ``rank_low`` to ``_high`` are left open.

    Its ``runs`` differ by their seed, and ``run`` is the one nearest to their mean. The winner is
    better by ``lead``, of this interval; ``tied`` says that the candidate may be the best one, and
    ``verdict`` is first, not told apart, the same in practice, worse or undefined.
    """

    candidate: str
    runs: list[str]
    run: str
    label: str
    adaptation: str
    rank: int
    rank_low: int
    rank_high: int
    tied: bool
    lead: Number
    lead_low: Number
    lead_high: Number
    verdict: str
    accuracy: Number
    cost: Cost
    fit_seconds: Number
    parameters: int | None


class PairResult(Part):
    """Two candidates, ``a`` the better placed; ``p_holm`` is corrected for the number of pairs.

    ``detectable`` is the difference that so many items show in four tries of five. The limits of
    the interval take ``items_low`` to ``items_high``, null where no number is enough.
    """

    a: str
    b: str
    difference: Number
    low: Number
    high: Number
    p: Number
    p_holm: Number
    error: Number
    detectable: Number
    items_low: Number
    items_high: Number
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


class Leaderboard(Record):
    """The comparison of a study's candidates, best first.

    ``answer`` has at most three sentences, and the doubts about the winner after the first;
    ``recommendation`` is the same as one paragraph; ``details`` has what they leave out.
    ``groups`` counts the groups that were resampled. ``expected`` is the winner's score with its
    pick allowed for; its row has what was measured. A difference below the ``margin`` does not
    matter.
    """

    FILE = "leaderboard.json"
    version: int = 2
    study: str
    primary: str
    n: int
    groups: int | None
    rows: list[CandidateResult]
    pairs: list[PairResult]
    winner: str
    expected: Result
    margin: Number
    tied_with: list[str]
    detectable_difference: Number
    answer: list[str]
    details: list[str]
    recommendation: str
    seeds: Seeds
    published: list[PublishedResult]
    splits: dict[str, list[Number]] = {}  # each candidate's value in those of a cross-validation
    same: dict[str, str] = {}  # candidates without a row, by the one whose training is theirs
