"""Metrics with their uncertainty, from arrays alone: labels, predictions, scores, groups."""
