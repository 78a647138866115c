"""Lessons are stages: content decides what is stale, and their claims are held."""

import pytest
from bs4 import BeautifulSoup
from factories.lesson import edit, lesson
from factories.stages import STUDY, copy_notebooks, finish, run_here

from helpers import __main__
from helpers.config import lesson_file, study_file
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.lesson import LessonRecord
from helpers.pipeline import plan, run, status
from helpers.report.pages import publish


@pytest.fixture
def small(repository):
    copy_notebooks(repository)
    (repository / "params" / "small.yaml").write_text(STUDY)
    return repository


def stale():
    return [stage.key for stage in plan.out_of_date(plan.load(["lessons"]))]


def ran(name):
    """Run a lesson in this process, and leave what a successful run leaves."""
    stage = plan.find(f"lessons/{name}")
    run_here(stage)
    finish(stage, keep=True)


def code_of(content, tag):
    return next(cell for cell in content["cells"] if tag in cell["metadata"].get("tags", []))


def test_a_lesson_is_a_stage_after_the_studies_that_it_uses(small):
    lesson("second", order=2, uses=["small"])
    lesson("first", order=1)
    keys = [stage.key for stage in plan.load(["lessons"])]
    assert keys == ["lessons/first", "lessons/second"] and stale() == keys
    written = plan.text(plan.load(["small", "lessons"])).splitlines()
    assert "lessons/second: small/4-compare" in written
    alone = plan.text(plan.load(["second"])).splitlines()
    assert alone[1] == "  lessons/second" and "lessons/second: small/4-compare" not in alone
    assert plan.own_files(["lessons"]) == plan.own_files(["small"])
    used, alone = plan.find("lessons/second").components, plan.find("lessons/first").components
    assert "helpers.training.baselines.pixels" in used.keys() - alone.keys()


def test_a_lesson_runs_again_only_when_its_code_or_its_parameters_change(small):
    file = lesson("means", uses=["small"])
    ran("means")
    assert stale() == []
    assert LessonRecord.read("means").claims["mean"].value == 0.5
    edit(file, lambda content: content["cells"][0].update(source="# Another title"))
    edit(file, lambda content: content["metadata"]["evalbook"].update(order=99))
    assert stale() == []
    edit(file, lambda content: code_of(content, "parameters").update(source="seed = 1"))
    assert stale() == ["lessons/means"]
    assert plan.find("lessons/means").changed == ["defaults"]
    LessonRecord.path("means").unlink()
    files.write_json(LessonRecord.path("means"), {"version": 99})
    assert "version 99" in plan.find("lessons/means").outdated[0]


def test_a_failed_lesson_is_kept_and_shown_and_the_others_go_on(small, capsys):
    lesson("fails", title="It <b>fails", value="1 / 0")
    lesson("works", title="It <i>works", order=20)
    assert not run.run("lessons/fails")
    ran("works")
    assert [each.state for each in status.write() if each.study == "lessons"] == ["failed", "ok"]
    publish()
    index = BeautifulSoup((paths.reports() / "index.html").read_text(), "html.parser")
    section = index.find(id="lessons")
    links = [each["href"] for each in section.find_all("a")]
    assert set(links) == {"lessons/fails.failed.html", "lessons/works.html"}
    text = " ".join(section.get_text().split())
    assert "It <i>works" in text and "mean: 0.500 [0.000, 1.000] as expected" in text
    assert "ZeroDivisionError" in text and not section.find(["b", "i"])
    assert index.find(id="small") and "lessons" not in index.find(class_="summary").get_text()
    assert __main__.act(["check"]) == 1
    assert "lessons/fails failed" in capsys.readouterr().err


@pytest.mark.parametrize("value", [0.5, 0.7])
def test_a_claim_that_leaves_what_is_expected_fails_the_check(small, capsys, value):
    lesson("means", title="Means", value=value)
    lesson("never-run", order=99)
    ran("means")
    assert __main__.act(["check"]) == (value > 0.6)
    said = capsys.readouterr()
    assert ("0.7000 is outside [0.4, 0.6]" in said.err) == (value > 0.6)
    assert "never-run" not in said.err + said.out
    assert __main__.act(["check", "lessons"]) == 1 and "never-run" in capsys.readouterr().err
    status.write()
    publish()
    page = (paths.reports() / "index.html").read_text()
    assert ("outside 0.4 to 0.6" in page) == (value > 0.6)
    assert __main__.act(["lessons"]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    link = "[Means](notebooks/lessons/means.ipynb)"
    assert rows[0].startswith(f"| {link} | mean: {value:.3f} [0.000, 1.000] |")
    assert rows[1].endswith("| not run |")


def test_an_exercise_that_accepts_a_typical_mistake_fails_the_check(small, capsys):
    file = lesson("means")

    def widen(content):
        cell = code_of(content, "check")
        cell["source"] = "".join(cell["source"]).replace("high=1.6", "high=3.6")

    edit(file, widen)
    ran("means")
    assert __main__.act(["check", "means"]) == 1
    assert "exercise 1" in capsys.readouterr().err


def test_a_solution_that_is_not_accepted_fails_the_lesson(small):
    file = lesson("means")
    edit(file, lambda content: code_of(content, "solution").update(source="lessons.solve(1, 2)"))
    with pytest.raises(UserError, match="exercise 1"):
        ran("means")


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ({"number": "median"}, "number"),
        ({"order": "first"}, "order"),
        ({"expect": {"mean": 3}}, "expect"),
        ({"colour": "red"}, "colour"),
        ({"uses": ["smal"]}, "small"),
    ],
)
def test_what_a_lesson_says_of_itself_is_checked(small, says, named):
    lesson("means", **says)
    with pytest.raises(UserError, match=named):
        plan.load(["means"])


@pytest.mark.parametrize("name", ["lessons", "means"])
def test_a_study_may_not_be_called_like_a_lesson(small, name):
    lesson("means")
    (small / "params" / f"{name}.yaml").write_text(STUDY)
    with pytest.raises(UserError, match=f"params/{name}.yaml"):
        study_file.load(name)


def test_lessons_are_in_the_order_of_the_course(small):
    for name, order in (("b", 2), ("a", 2), ("c", 1)):
        lesson(name, title=f"Lesson {name}", order=order)
        ran(name)
    assert [each.name for each in lesson_file.ordered()] == ["c", "a", "b"]
    publish()
    page = BeautifulSoup((paths.reports() / "lessons/a.html").read_text(), "html.parser")
    links = {each.get_text(): each["href"] for each in page.footer.find_all("a")}
    assert links == {"Previous: Lesson c": "c.html", "Next: Lesson b": "b.html"}
    assert page.find("nav").get_text().split("\n")[1:4] == ["All reports", "Lessons", "Lesson a"]


def test_a_study_is_checked_whatever_the_lessons_use(small, capsys):
    lesson("means", uses=["gone"])
    assert __main__.main(["check", "small"]) == __main__.main(["check"]) == 0
    assert capsys.readouterr().err == ""
    with pytest.raises(UserError, match=r"means.ipynb: uses: unknown study 'gone'"):
        plan.load(["means"])
