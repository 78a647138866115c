"""Executed notebooks become reports: one self-contained page each, and an index of all."""

from helpers.report.publish import publish

__all__ = ["publish"]
