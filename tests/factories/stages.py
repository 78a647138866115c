"""A study of one small stage, and notebooks for it."""

import nbformat

from helpers.core import paths
from helpers.pipeline import stage

STUDY = """\
# Two candidates.  Expect little.
task: image-classification
data: {source: digits-8x8, limit: 120}
candidates:
  - baseline: majority
  - baseline: {model: pixels, image_size: 8}
"""


WORKING = "import helpers.core.files, helpers.core.paths; print(study)\n" + "\n".join(
    f"helpers.core.files.write_json(helpers.core.paths.build(study) / {name!r}, dict(version=1))"
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
