"""What stages ask for where they run as tasks of a cluster: ``resources:``."""

from typing import Annotated

from pydantic import Field

from helpers.core.schema import Section


class StageResources(Section):
    """Cores, memory in GB and GPUs of a stage; by default those of ``Resources``."""

    cores: Annotated[int, Field(ge=1, le=1024)] | None = None
    memory: Annotated[float, Field(gt=0, le=10_000)] = 2
    gpus: Annotated[int, Field(ge=0, le=64)] = 0


class Resources(Section):
    """What each kind of stage asks for.

    Those that a network may run in take ``threads`` cores, or as many as the smallest node has, at
    most eight; the others one.
    """

    data: StageResources = StageResources()
    pretrain: StageResources = StageResources()
    select: StageResources = StageResources()
    train: StageResources = StageResources()
    evaluate: StageResources = StageResources(cores=1)
    compare: StageResources = StageResources(cores=1)
