"""Stages 4 and 5: all candidates of a study, then of several."""
