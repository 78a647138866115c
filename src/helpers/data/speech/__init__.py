"""Recordings of speech with a transcript."""
