"""Errors, paths, files, digests: what every other room needs."""
