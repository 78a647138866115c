"""Names of models and data sets, and their pinned downloads."""
