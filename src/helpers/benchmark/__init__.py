"""Measure the speeds quoted in the README, by notebooks/bench.ipynb."""
