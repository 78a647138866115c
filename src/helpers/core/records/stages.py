"""<stage>.stage.json, the last run of a stage; status.json, the state of every stage."""

from helpers.core.records.base import Number, Part, Record


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


class StageStatus(Part):
    """A stage of a study or candidate: ok, failed, stale, skipped or running."""

    study: str
    candidate: str | None
    stage: str
    state: str
    seconds: Number
    digest: str
    error: str | None
    notebook: str | None


class Status(Record):
    """The state of every stage, in the order of the plan."""

    FILE = "status.json"
    stages: list[StageStatus]
