"""Images with objects to be found: as ``image``, with boxes in place of a class."""

from helpers.data.image.modality import MEASURES, SAME, SUFFIXES, decode

__all__ = ["MEASURES", "SAME", "SUFFIXES", "decode"]

ONE, MANY = "image", "images"
