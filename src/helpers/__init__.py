"""Thin helper modules, one noun each, called by the notebooks."""

import os
import sys

# OpenVINO would report each import and conversion to its makers, from a fork of the whole process
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

# NumPy reads it when it is imported: last digits must not depend on how many cores a process has
os.environ["OPENBLAS_NUM_THREADS"] = "1"
