"""Measure the speeds quoted in the README, by notebooks/bench.ipynb."""

import tempfile

from helpers.core import paths


def run() -> str:
    """Execute the notebook, store it in build/, and return the output of its findings."""
    from helpers.pipeline.notebook_execution import execute

    executed = paths.build() / "bench.ipynb"
    executed.parent.mkdir(parents=True, exist_ok=True)
    partial = executed.with_name(".bench.partial.ipynb")
    with tempfile.NamedTemporaryFile(prefix="evalbook-") as listener:
        made = execute(paths.notebooks() / "bench.ipynb", partial, {}, listener.name)
    partial.replace(executed)
    [findings] = [cell for cell in made.cells if cell.get("id") == "findings"]
    return "".join(output.get("text", "") for output in findings.outputs)
