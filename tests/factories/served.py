"""Run a command whose stages and kernels are forks of this process."""

import sys

from helpers.__main__ import ENTRY
from helpers.pipeline import lifeline, notebook_execution, prefork

prefork.keep_code()  # as make does
with lifeline.held() as line:
    code = prefork.serve(sys.argv[1:], line, notebook_execution.ENVIRONMENT, ENTRY)
sys.exit(code)
