"""Bootstrap, intervals, permutation, power and multiple testing: what no metric owns."""
