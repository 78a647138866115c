"""Stage 1: from a source to a checked, split data set."""
