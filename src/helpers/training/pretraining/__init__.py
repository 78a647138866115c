"""Pretraining without labels: a module a method, each with a function ``learner``."""
