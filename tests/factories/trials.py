"""Counts that chance allows in a simulation of so many tries."""

from scipy.stats import binom

LOW, HIGH = 0.93, 0.97


def within(tries, share):
    """Bounds of a count in 999 of 1,000 runs whose true share is this one."""
    return binom.ppf(0.0005, tries, share), binom.ppf(0.9995, tries, share)


def covers(hits, tries):
    """Tell whether a count of covered truths fits a coverage of 93 to 97 %."""
    return within(tries, LOW)[0] <= hits <= within(tries, HIGH)[1]


def holds(hits, tries):
    """Tell whether a count of covered truths fits a coverage of 93 % or more: it may be modest."""
    return hits >= within(tries, LOW)[0]
