"""Run a command whose stages and kernels are forks of this process, or of one with Keras."""

import os
import sys

from helpers.__main__ import ENTRY
from helpers.pipeline import conductor, lifeline, prefork

assert conductor  # as in make it has imported NumPy already
prefork.keep_code()  # as make does
with lifeline.held() as line:
    code = prefork.serve(sys.argv[1:], line, ENTRY, keras="KERAS" in os.environ)
sys.exit(code)
