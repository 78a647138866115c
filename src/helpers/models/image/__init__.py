"""Backbones of images."""
