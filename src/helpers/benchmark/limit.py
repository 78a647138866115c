"""The machine's limit: how fast the best library at hand multiplies large matrices."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np

from helpers.core import cost

SIDE, REPEATS = 2048, 7  # rows and columns of the matrices; products by each library
# What may hold a library to the instructions of an older processor.
PINS = ("OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS")
COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")  # a notebook's kernel is limited to one core
MEASURE = "import numpy; from helpers.benchmark import limit; limit.measure()"  # NumPy on all cores


def products() -> dict[str, float]:
    """Return the billions of operations a second of each library, all cores, nothing pinned."""
    kept = {name: value for name, value in os.environ.items() if name not in PINS + COUNTS}
    command, pipe = [sys.executable, "-c", MEASURE], subprocess.PIPE
    ran = subprocess.run(command, env=kept, stdout=pipe, stderr=pipe, text=True, check=True)
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def measure() -> None:
    """Print what each library reaches in this process, as JSON."""
    matrix = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    best = {}
    for name, make in {"NumPy": _numpy, "TensorFlow": _tensorflow, "OpenVINO": _openvino}.items():
        multiply, seconds = make(matrix), []
        for _ in range(REPEATS):
            with cost.Stopwatch() as watch:
                multiply()
            seconds.append(watch.seconds)
        best[name] = 2 * SIDE**3 / 1e9 / min(seconds)
    print(json.dumps(best))


def _numpy(matrix: np.ndarray) -> Callable[[], object]:
    return lambda: matrix @ matrix


def _tensorflow(matrix: np.ndarray) -> Callable[[], object]:
    import tensorflow as tf

    with tf.device("CPU"):
        given = tf.constant(matrix)
    return lambda: tf.linalg.matmul(given, given).numpy()


def _openvino(matrix: np.ndarray) -> Callable[[], object]:
    import openvino
    from openvino import opset13 as ops

    given = ops.parameter(matrix.shape, np.float32)
    product = openvino.Model([ops.matmul(given, ops.constant(matrix), False, False)], [given])
    settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    request = openvino.Core().compile_model(product, "CPU", settings).create_infer_request()
    return lambda: request.infer({0: matrix}, share_inputs=True)
