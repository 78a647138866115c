"""From arrays to numbers with intervals, and paired tests."""
