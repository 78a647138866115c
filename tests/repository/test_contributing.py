"""The examples of CONTRIBUTING.md, added to a copy of the repository: each takes effect."""

import json
import os
import re
import shutil
import subprocess
import sys
from textwrap import dedent

import nbformat
import pytest
from factories.repository import REPOSITORY
from nbformat.v4 import new_code_cell, new_notebook

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^## Add an? (.+?)\n.*?```(?:python|yaml)\n(.+?)```", PAGE, re.S | re.M))
KINDS = ["metric", "data source", "model", "check", "corruption", "study", "figure", "task"]
KINDS += ["lesson"]
PART = re.compile(r"^# ((?:src|params|notebooks)/\S+)\n", re.M)


def parts(block):
    """Return the files that a block names, each with its lines."""
    pieces = PART.split(block)[1:]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """Copy what the examples extend and add every example to it."""
    root = tmp_path_factory.mktemp("scratch")
    for part in ("notebooks", "src", "params/catalogue"):
        shutil.copytree(
            REPOSITORY / part, root / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    (root / "photos" / "pets").mkdir(parents=True)
    for block in BLOCKS.values():
        for name, lines in parts(block):
            file = root / name
            before = file.read_text(encoding="utf-8") + "\n\n" if file.exists() else ""
            file.parent.mkdir(exist_ok=True)
            file.write_text(before + lines, encoding="utf-8")
            if file.suffix == ".ipynb":  # a cell of code for each line
                nbformat.write(new_notebook(cells=[*map(new_code_cell, lines.splitlines())]), file)
    return root


def shown(root, code):
    """Run code in the copy and return what it prints last, as JSON."""
    path = os.pathsep.join(map(str, (root / "src", REPOSITORY / "tests")))
    environment = {**os.environ, "PYTHONPATH": path, "EVALBOOK_ROOT": str(root)}
    command = [sys.executable, "-c", dedent(code)]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_kind_of_addition_has_an_example():
    assert list(BLOCKS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_has_at_most_ten_lines(kind):
    lines = [line for _, text in parts(BLOCKS[kind]) for line in text.splitlines()]
    assert 0 < len([line for line in lines if line.strip() and line[0] != "#"]) <= 10


def test_the_examples_keep_the_style(scratch):
    command = [sys.executable, "-m", "ruff", "check", "--select", "F,E501,D", "src"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_a_metric_is_evaluated_with_an_interval_and_may_be_primary(scratch):
    code = """
        import json
        from factories.study import made_study
        from helpers.comparison import leaderboard
        from helpers.evaluation import classification
        from helpers.metrics import registry
        made_study({"weak": 0.5, "strong": 2.0})
        found = classification.evaluate("made", "strong", "worst-recall").metrics
        board = leaderboard.compare("made", ["weak", "strong"], "worst-recall", 200)
        may = registry.names("classification", may_choose=True)
        best = found["worst-recall"]
        print(json.dumps([best.low, best.value, best.high, board.winner, "worst-recall" in may]))
    """
    low, value, high, winner, may_choose = shown(scratch, code)
    assert 0 < low < value < high < 1
    assert winner == "strong" and may_choose


def test_a_data_source_loads_items(scratch):
    code = """
        import json
        import numpy as np
        from PIL import Image
        from helpers.core import paths
        from helpers.data import sources
        for name in ("cat_1", "cat_2", "dog_1"):
            file = paths.root() / "photos" / f"{name}.png"
            Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(file)
        items = sources.load({"named": "photos"}, "image-classification")
        print(json.dumps([items.frame["label"].tolist(), items.read(0).shape]))
    """
    assert shown(scratch, code) == [["cat", "cat", "dog"], [8, 8, 3]]


def test_a_model_is_known_by_its_name(scratch):
    code = """
        import json
        from helpers import models
        card = models.describe("mobilenet-v3")
        print(json.dumps([card.name, card.licence]))
    """
    assert shown(scratch, code) == ["mobilenet-v3", "Apache-2.0"]


def test_a_check_fires_on_data(scratch):
    code = """
        import json
        from factories.dataset import made_dataset
        from helpers.data import checks
        found = [checks.run(made_dataset(side=side).items, only="D190") for side in (12, 16)]
        print(json.dumps([[each.severity, each.count] for [each] in found]))
    """
    assert shown(scratch, code) == [["warning", 150], ["passed", 0]]


@pytest.mark.slow
def test_a_corruption_is_measured(scratch):
    code = """
        import json
        from factories.dataset import made_dataset
        from helpers.core import files, paths
        from helpers.evaluation import robustness
        from helpers.training import extra_tests, fit
        from helpers.training.results import AdaptationRequest
        data = made_dataset(study="spoiled")
        files.write_parquet(paths.build("spoiled") / "splits.parquet", data.frame)
        options = {"regularisation": [1.0], "class_weight": None, "image_size": 8}
        request = AdaptationRequest(data, "pixels", options, "accuracy", 0)
        trained = fit.fit(request, "pixels", "baseline")
        fit.save(trained, fit.predict(trained))
        plan = {"noises": ["pixelate"], "severities": [1.0], "items": 20}
        extra_tests.predict(trained, plan)
        curve = robustness.by_corruption("spoiled", "pixels", "accuracy")
        print(json.dumps(curve[["noise", "severity", "n"]].values.tolist()))
    """
    assert shown(scratch, code) == [["pixelate", 0.0, 20], ["pixelate", 1.0, 20]]


def test_a_study_loads_and_plans(scratch):
    code = """
        import json
        from helpers.config import study_file
        from helpers.pipeline import plan
        study = study_file.load("pets")
        print(json.dumps([study.contract, [stage.key for stage in plan.stages(study)]]))
    """
    contract, keys = shown(scratch, code)
    assert "Expect accuracy" in contract and "minutes" in contract
    assert {key.rpartition("/")[2] for key in keys} == {
        "1-data",
        "2-train",
        "3-evaluate",
        "4-compare",
    }
    assert "pets/probe-efficientnet-lite0/2-train" in keys and len(keys) == 8


def test_a_figure_is_drawn(scratch):
    code = """
        import json
        import numpy as np
        from helpers.report import figures
        figure = figures.errors_by_class(np.array([[3, 1], [2, 5]]), ["cat", "dog"])
        widths = [float(bar.get_width()) for bar in figure.axes[0].patches]
        figure.savefig("errors.svg")
        print(json.dumps(widths))
    """
    assert shown(scratch, code) == [1.0, 2.0]


def test_a_task_plans_the_four_stages_with_its_own_metric(scratch):
    study = (
        (scratch / "params" / "pets.yaml")
        .read_text()
        .replace("evaluate: {primary: accuracy}\n", "")
    )
    study = study.replace("image-classification", "defect-detection").replace(
        "winner-accuracy", "winner-macro-recall"
    )
    (scratch / "params" / "parts.yaml").write_text(study)
    code = """
        import json
        from helpers.config import study_file
        from helpers.pipeline import plan
        study = study_file.load("parts")
        print(json.dumps([study.evaluate.primary, [stage.key for stage in plan.stages(study)]]))
    """
    primary, keys = shown(scratch, code)
    assert primary == "macro-recall"
    assert {key.rpartition("/")[2] for key in keys} == {
        "1-data",
        "2-train",
        "3-evaluate",
        "4-compare",
    }


def test_the_cells_of_a_lesson_leave_its_record(scratch):
    code = """
        import json
        from helpers.core import files, paths
        from helpers.core.records.lesson import LessonRecord
        from helpers.report.lessons import problems
        notebook = paths.notebooks() / "lessons" / "mean-of-two.ipynb"
        for cell in files.read_json(notebook)["cells"]:
            exec("".join(cell["source"]))
        record = LessonRecord.read("mean-of-two")
        exercises = {number: each.right for number, each in record.exercises.items()}
        print(json.dumps([record.claims["mean"].value, exercises, problems(record)]))
    """
    assert shown(scratch, code) == [1.5, {"1": 1.5}, []]
