"""Texts: decoding, corruptions, languages."""
