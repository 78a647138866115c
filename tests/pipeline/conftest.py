"""What the tests of the pipeline share: a study whose stages have all run."""

import shutil

import pytest
from factories.repository import REPOSITORY
from factories.stages import STUDY, finish

from helpers.pipeline import plan


@pytest.fixture
def study(repository):
    """Give the repository the real notebooks and a small study whose stages have all run."""
    for source in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(source, repository / "notebooks")
    (repository / "params" / "small.yaml").write_text(STUDY)
    for each in plan.load(["small"]):
        finish(each)
    return "small"
