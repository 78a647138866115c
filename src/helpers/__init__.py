"""Thin helper modules, one noun each, called by the notebooks."""
