"""Thin helper modules, one noun each, called by the notebooks."""

import sys

# OpenVINO would report each import and conversion to its makers, from a fork of the whole process
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
