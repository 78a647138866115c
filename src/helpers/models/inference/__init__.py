"""Engines that run frozen networks on a CPU."""
