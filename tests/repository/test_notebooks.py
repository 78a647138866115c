"""The notebooks as they lie here: without outputs, with the defaults of a real study."""

import json

import pytest
from factories.repository import REPOSITORY

from helpers.config import study_file
from helpers.core import paths
from helpers.pipeline import plan, stage_parameters

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))


def cells(notebook, kind):
    content = json.loads(notebook.read_text())
    return [each for each in content["cells"] if each["cell_type"] == kind]


def defaults(name):
    """Run the cell of parameters, which holds nothing but assignments."""
    [cell] = [
        each
        for each in cells(paths.notebooks() / f"{name}.ipynb", "code")
        if "parameters" in each["metadata"].get("tags", [])
    ]
    found = {}
    exec("".join(cell["source"]), {}, found)
    return found


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(notebook):
    for cell in cells(notebook, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_what_it_shows_and_its_parameters(notebook):
    first, second = cells(notebook, "markdown")[:2]
    assert "".join(first["source"]).startswith("# ")
    assert "parameters" in "".join(second["source"]).lower()


@pytest.mark.parametrize(
    "name",
    [
        "0-pretrain",
        "1-data",
        "2-train",
        "2-train-speech",
        "2-train-detection",
        "3-evaluate",
        "3-evaluate-detection",
        "3-evaluate-speech",
        "4-compare",
    ],
)
def test_the_defaults_are_those_of_a_real_study(name):
    """Run by hand, a notebook then writes what make would: nothing becomes out of date."""
    found = defaults(name)
    study = study_file.load(found["study"])
    stage = name.removesuffix("-speech").removesuffix("-detection")
    expected = stage_parameters.of(study, stage, found.get("candidate"))
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))


def test_the_defaults_across_studies_are_those_of_make():
    found = defaults("5-across")
    [stage] = plan.across()
    assert {name: found[name] for name in stage.parameters} == stage.parameters
