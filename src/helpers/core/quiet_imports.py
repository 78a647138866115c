"""Import libraries without their start-up messages and unused grammars."""

import os
import sys


def tensorflow() -> None:
    """Import TensorFlow once; its libraries bypass Python, so stderr's descriptor is replaced."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr, devnull = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(devnull)


def nbformat() -> None:
    """Import nbformat without a grammar of web addresses: it takes 1.5 s to build, unused."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat  # noqa: F401
