"""<stage>.stage.json: the last run of a stage, and what it was made of."""

from helpers.core.records.base import Number, Record


class StageRun(Record):
    """The last run of a stage; ``components`` and ``outputs`` are digests by name."""

    FILE = "stage.json"
    study: str
    candidate: str | None
    stage: str
    state: str
    started: float
    seconds: Number
    digest: str
    components: dict[str, str]
    prose: str
    error: str | None = None
    outputs: dict[str, str] = {}
    pid: int | None = None
