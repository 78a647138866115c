"""Recordings: decoding, corruptions, windows, spectrograms, synthetic speech."""
