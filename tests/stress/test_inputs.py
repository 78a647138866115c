"""Hostile inputs, a few of each kind: read, or refused in a line."""

from stress import inputs


def test_hostile_inputs_are_read_or_refused_in_a_line(tmp_path):
    counts = inputs.attack(tmp_path, seed=0, tries=8)
    assert counts.tried >= 40 and not counts.bad, counts
