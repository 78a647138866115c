"""A small lesson that is whole: every section, one claim, three exercises."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.core import paths

IMPORTS = "from helpers.report import lessons\n\nlessons.begin({name!r})"
CLAIM = 'lessons.claim("mean", {value}, 0, 1, "The mean is {{value}}.")'
SECTIONS = ("Predict", "The mistake", "What it cost", "The fix", "Exercises")
SECTIONS += ("On your own study", "Where it stands in the literature")


def code(source, tag=None, **metadata):
    return new_code_cell(source, metadata={"tags": [tag], **metadata} if tag else metadata)


def exercise(number):
    answer = f"answer_{number}"
    hints = "{3: 'That is the sum.'}"
    check = f"lessons.check({number}, {answer}, right=1.5, low=1.4, high=1.6, hints={hints})"
    collapsed = {"jp-MarkdownHeadingCollapsed": True}
    return [
        new_markdown_cell(f"### {number} A mean\n\nOf 1 and 2?"),
        code(f"{answer} = None", "answer"),
        code(check, "check", jupyter={"source_hidden": True}),
        new_markdown_cell("#### Solution", metadata=collapsed),
        new_markdown_cell("The sum over the count."),
        code(f"lessons.solve({number}, sum([1, 2]) / 2)", "solution"),
    ]


def cells(name, title, value=0.5):
    predict = [
        code("guess = None", "answer"),
        code('lessons.predict(guess, "it")'),
    ]
    cost = [
        code(CLAIM.format(value=value)),
        code(f"lessons.reveal(guess, {value}, 0, 1)"),
    ]
    inside = {
        "Predict": predict,
        "The mistake": [code("print(seed)")],
        "What it cost": cost,
        "Exercises": [cell for number in (1, 2, 3) for cell in exercise(number)],
        "On your own study": [code("print(study)")],
    }
    opening = [
        new_markdown_cell(f"# {title}\n\nA story."),
        new_markdown_cell("The parameters."),
        code('seed = 0\nrepeats = 20\nstudy = "small"', "parameters"),
        code(IMPORTS.format(name=name)),
    ]
    rest = [[new_markdown_cell(f"## {each}"), *inside.get(each, [])] for each in SECTIONS]
    return [*opening, *(cell for section in rest for cell in section)]


def lesson(name, title="A lesson", value=0.5, cells=cells, **metadata):
    """Write a lesson into the repository; metadata replaces what it says of itself."""
    says = {"order": 10, "number": "mean", "uses": [], "expect": {"mean": [0.4, 0.6]}} | metadata
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = new_notebook(
        cells=cells(name, title, value),
        metadata={"kernelspec": kernel, "language_info": {"name": "python"}, "evalbook": says},
    )
    file = paths.notebooks() / "lessons" / f"{name}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, file)
    return file


def edit(file, change):
    """Change the JSON of a notebook."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
