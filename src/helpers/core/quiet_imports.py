"""Libraries imported without what they bring along unasked: start-up notes, unused grammars."""

import os
import sys


def tensorflow() -> None:
    """Import TensorFlow once; its libraries write past Python, so the file itself is hidden."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def nbformat() -> None:
    """Import nbformat without a grammar of web addresses that takes 1.5 s to build, never used."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat  # noqa: F401
