"""From a source to a checked, split data set."""
