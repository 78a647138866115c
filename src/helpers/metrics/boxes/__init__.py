"""Found boxes: which objects they find, and how surely that is known. See ``metrics.detection``."""
