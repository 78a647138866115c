"""What differs between kinds of data, in one place each; everything else is shared.

To add a modality, say sounds:

1. Name its tasks in ``TASKS`` and its module in ``of``.
2. Write ``data/audio/modality.py`` with the names that ``image`` and ``text`` have. They are words
   for people (ONE, MANY, SAME), what a study may ask for (SUFFIXES, MEASURES, SOURCES, BASELINES,
   OPTIONS, NOISES), and five functions: ``decode`` a raw item, ``survey`` all items, ``show`` some
   in a notebook, ``show_measures`` and ``as_seen`` by a model. What they need is imported inside
   them, so that a study of pictures never loads what only texts need.
   tests/data/test_tasks.py holds every module to this list.
3. Its survey is a ``checks.Survey`` (a reason, a digest, families of near-copies); its own checks
   go to ``data/checks/`` and say ``modality="audio"``; labels, copies and sides are
   checked as ever.
4. Its baselines go to ``baselines/`` as functions from a dataset and two sides to a ``Baseline``.
5. Its networks are cards in ``models.KINDS`` and ``models.FAMILIES``: a ``Card`` loads a backbone,
   whose ``compile`` gives something with ``run(read, positions, what)`` that returns features.
   Caching, probes, predictions, metrics, robustness and comparison follow from that.
"""

from importlib import import_module
from types import ModuleType

from helpers.core.errors import unknown

TASKS = {
    "image-classification": "image",
    "text-classification": "text",
    "audio-classification": "audio",
    "speech-recognition": "speech",
}
"""Each task that a study may have, with the modality of its items."""


def of(task: str) -> ModuleType:
    """Return the module of a task's modality.

    Raises
    ------
    UserError
        No such task, with the closest name.
    """
    if task not in TASKS:
        raise unknown("task", task, TASKS)
    return named(TASKS[task])


def recognises(task: str) -> bool:
    """Tell whether a task writes speech down, rather than telling classes apart."""
    return TASKS[task] == "speech"


def named(modality: str) -> ModuleType:
    """Return a modality's module by the modality's own name; what only others need is not loaded.

    An import by name is not seen in the code: a stage says which modality its digest takes in.
    """
    return import_module(f"helpers.data.{modality}.modality")


def reading(modality: str) -> tuple[str, ...]:
    """Return the kinds of items that those of a modality are: speech is audio too."""
    return ("speech", "audio") if modality == "speech" else (modality,)


def every() -> list[ModuleType]:
    """Return the modules of all modalities."""
    return [named(modality) for modality in dict.fromkeys(TASKS.values())]
