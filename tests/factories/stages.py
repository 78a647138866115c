"""A study of one small stage, and notebooks for it."""

import json
import shutil
import time

import matplotlib.pyplot as plt
import nbformat

from factories.repository import REPOSITORY
from helpers.core import files, paths
from helpers.core.records.table import RECORDS
from helpers.pipeline import plan, run, stage

STUDY = """\
# Two candidates.  Expect little.
task: image-classification
data: {source: digits-8x8, limit: 120}
candidates:
  - baseline: majority
  - baseline: {model: pixels, image_size: 8}
"""


def empty(name):
    """Give what a file of build/ holds at the least: a record its version."""
    return {"version": RECORDS[name].model_fields["version"].default if name in RECORDS else 1}


WORKING = "import helpers.core.files, helpers.core.paths; print(study)\n" + "\n".join(
    f"helpers.core.files.write_json(helpers.core.paths.build(study) / {name!r}, {empty(name)})"
    for name in stage.OUTPUTS["1-data"]
)


def notebook(*sources):
    """Write notebooks/1-data.ipynb with a parameters cell and some cells of code."""
    cells = [nbformat.v4.new_code_cell("study = ''", metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    content = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.write(content, paths.notebooks() / "1-data.ipynb")


def copy_notebooks(repository):
    """Copy the notebooks of all stages into a repository."""
    for file in (REPOSITORY / "notebooks").glob("*.ipynb"):
        (repository / "notebooks" / file.name).write_bytes(file.read_bytes())


def run_here(planned):
    """Run a stage's notebook in this process, where a test may have registered a task."""
    variables = {"__name__": "__main__"}
    for cell in json.loads(planned.source.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), variables)
            if "parameters" in cell["metadata"].get("tags", []):
                variables |= planned.parameters
    plt.close("all")


def finish(planned, keep=False):
    """Leave what a successful run of a stage leaves, without running it; or keep its files."""
    for output in () if keep else planned.outputs:
        files.write_json(output, empty(output.name) | {"written by": planned.key})
    shutil.copy(planned.source, planned.executed)
    run._record(plan.find(planned.key), state="ok", began=time.monotonic())


def stale(name="small"):
    """Return the keys of a study's stages that are out of date."""
    return [each.key for each in plan.out_of_date(plan.load([name]))]


def edit_cell(name, kind, change):
    """Append to the first cell of a kind in a notebook of the repository."""
    path = paths.notebooks() / f"{name}.ipynb"
    content = json.loads(path.read_text())
    cell = next(
        each
        for each in content["cells"]
        if each["cell_type"] == kind and "parameters" not in each["metadata"].get("tags", [])
    )
    cell["source"] = [*cell["source"], change]
    path.write_text(json.dumps(content))
