"""Recordings of speech, to be transcribed: as ``audio``, with a transcript in place of a class."""

from helpers.data.audio.modality import MEASURES, SAME, SUFFIXES, decode

__all__ = ["MEASURES", "SAME", "SUFFIXES", "decode"]

ONE, MANY = "utterance", "utterances"
