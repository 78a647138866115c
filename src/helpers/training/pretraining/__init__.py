"""Pretraining without labels: a module a method, each with a function ``learner``."""

from helpers.core import quiet_imports

quiet_imports.tensorflow()  # everything here needs it
