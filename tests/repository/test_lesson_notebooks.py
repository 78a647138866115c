"""The lessons as they lie here: one arc for all, so that a class finds its way."""

import ast
import re

import nbformat
import pytest
from factories.lesson import SECTIONS
from factories.repository import REPOSITORY

from helpers.config import lesson_file, study_file
from helpers.core.records.lesson import LESSONS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COURSE = (REPOSITORY / "notebooks" / LESSONS / "README.md").read_text(encoding="utf-8")
FILES = {file.stem: file for file in sorted((REPOSITORY / "notebooks" / LESSONS).glob("*.ipynb"))}
EXERCISE = ["heading", "answer", "check", "solution heading", "reasoning", "solution"]
each_lesson = pytest.mark.parametrize("name", FILES)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))


def cells(name):
    return nbformat.read(FILES[name], as_version=4).cells


def tags(cell):
    return cell.metadata.get("tags", [])


def section(name, heading):
    """Return the cells of a section, with its heading."""
    parts = [[]]
    for cell in cells(name):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return next(part for part in parts if part[0].source.startswith(f"## {heading}"))


def code(found):
    return "\n".join(cell.source for cell in found if cell.cell_type == "code")


@each_lesson
def test_a_lesson_is_kept_without_outputs_and_in_a_valid_notebook(name):
    content = nbformat.read(FILES[name], as_version=4)
    nbformat.validate(content)
    assert (content.nbformat, content.nbformat_minor) >= (4, 5)
    assert len({cell.id for cell in content.cells}) == len(content.cells)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    for cell in content.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@each_lesson
def test_what_a_lesson_says_of_itself_fits_the_studies(name):
    lesson = lesson_file.load(name)
    assert set(lesson.uses) <= set(study_file.names(full=True))
    assert name not in study_file.names(full=True)
    assert all(low < high for low, high in lesson.expect.values())
    named = {each.name: each.order for each in lesson_file.ordered()}
    assert list(named.values()).count(lesson.order) == 1, named


@each_lesson
def test_a_lesson_opens_with_its_story_and_its_parameters(name):
    title, parameters, defaults, imports = cells(name)[:4]
    assert title.source.startswith("# ") and len(title.source.split("\n\n")) > 1
    assert parameters.cell_type == "markdown" and "parameters" in parameters.source.lower()
    assert tags(defaults) == ["parameters"]
    known = {}
    for line in ast.parse(defaults.source).body:
        known[line.targets[0].id] = ast.literal_eval(line.value)
    assert {"seed", "repeats", "study"} <= known.keys() and known["seed"] == 0
    assert known["study"] in study_file.names(full=True)
    assert f'lessons.begin("{name}")' in imports.source


@each_lesson
def test_a_lesson_has_its_sections_in_order(name):
    headings = [
        line.removeprefix("## ").strip()
        for cell in cells(name)
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()[:1]
        if line.startswith("## ")
    ]
    assert headings == list(SECTIONS)


@each_lesson
def test_a_reader_predicts_before_and_is_told_after(name):
    predicted = section(name, "Predict")
    assert any("answer" in tags(cell) and "guess = None" in cell.source for cell in predicted)
    assert "lessons.predict(guess" in code(predicted)
    assert "lessons.reveal(" not in code(predicted) and "lessons.claim(" not in code(predicted)
    assert "lessons.reveal(guess" in code(cells(name))
    assert "lessons.claim(" in code(section(name, "What it cost"))


@each_lesson
def test_the_fix_is_a_diff_that_is_run(name):
    fix = section(name, "The fix")
    [diff] = re.findall(r"```diff\n(.+?)```", "\n".join(cell.source for cell in fix), re.S)
    assert re.search(r"^\+", diff, re.M) and "lessons.claim(" in code(fix)


@each_lesson
def test_each_of_three_exercises_is_asked_checked_and_solved(name):
    number, kinds = 0, {0: []}
    for cell in section(name, "Exercises"):
        text = cell.source if cell.cell_type == "markdown" else ""
        if found := re.findall(r"^### (\d) \S", text, re.M):
            number += 1
            kinds[number] = ["heading"]
            assert found == [str(number)]
        elif text.startswith("## "):
            continue
        elif cell.cell_type == "markdown" and cell.source.startswith("#"):
            assert cell.source.strip() == "#### Solution"
            assert cell.metadata["jp-MarkdownHeadingCollapsed"] is True
            kinds[number].append("solution heading")
        elif cell.cell_type == "markdown":
            kinds[number].append("reasoning")
        else:
            kinds[number] += [kind for kind in tags(cell) if kind in EXERCISE]
            expected = {"answer": f"answer_{number} = None"}
            expected["check"] = f"lessons.check({number}, answer_{number}"
            expected["solution"] = f"lessons.solve({number},"
            source = re.sub(r"\(\s+", "(", re.sub(r"\s+", " ", cell.source))
            assert all(expected[kind] in source for kind in tags(cell) if kind in EXERCISE)
            if "check" in tags(cell):
                assert cell.metadata["jupyter"] == {"source_hidden": True}
    assert list(kinds) == [0, 1, 2, 3] and set(kinds.pop(0)) <= {"reasoning"}
    for found in kinds.values():
        assert [kind for kind in EXERCISE if kind in found] == EXERCISE
        assert [k for k in found if k != "reasoning"] == [k for k in EXERCISE if k != "reasoning"]


@each_lesson
def test_the_readme_and_the_course_page_name_a_lesson_by_its_title(name):
    title = lesson_file.load(name).title
    assert f"[{title}]({name}.ipynb)" in COURSE
    assert f"[{title}](notebooks/lessons/{name}.ipynb)" in README


def test_the_course_page_and_the_readme_link_no_lesson_that_is_not_there():
    linked = re.findall(r"\]\(([a-z0-9-]+)\.ipynb\)", COURSE)
    linked += re.findall(r"\]\(notebooks/lessons/([a-z0-9-]+)\.ipynb\)", README)
    assert set(linked) == set(FILES)


def test_three_lessons_run_in_make_test():
    assert sum(lesson_file.load(name).fast for name in FILES) == 3
