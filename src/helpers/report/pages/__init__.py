"""Executed notebooks become reports: one self-contained page each, and an index of all."""

from helpers.report.pages.publish import publish

__all__ = ["publish"]
