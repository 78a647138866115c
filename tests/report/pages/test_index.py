"""The index: states, intervals, links and the glossary."""

import pytest
from bs4 import BeautifulSoup
from factories.records import leaderboard_record, metrics_record

from helpers.core import paths
from helpers.core.records.stages import Status
from helpers.data import tasks
from helpers.metrics import registry
from helpers.report.pages import index, publish

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_the_index_shows_states_intervals_and_links(repository):
    (repository / "params" / "pets.yaml").write_text(
        f"# Cats {EVIL}.\ntask: image-classification\ndata: {{source: elpv}}\n"
        "candidates: [{baseline: majority}]\n"
    )
    stages = [
        {"candidate": None, "stage": "1-data", "state": "ok", "seconds": 3.0},
        {"candidate": "majority", "stage": "2-train", "state": "failed", "seconds": 1.0},
    ]
    common = {"study": "pets", "error": EVIL, "digest": "", "notebook": None}
    Status(stages=[each | common for each in stages]).write()
    board = leaderboard_record("pets", [{"candidate": "majority"}], primary="accuracy")
    board.model_copy(update={"recommendation": EVIL}).write("pets")
    metrics_record("pets", "majority", {"accuracy": {}}).write("pets", "majority")
    html = index.write().read_text()
    assert "<script" not in html and "<img" not in html
    shown = " ".join(BeautifulSoup(html, "html.parser").get_text().split())
    assert "0.500 [0.400, 0.600]" in shown and "1 of 2 stages" in shown
    assert "1 failed" in shown and 'class="stage failed"' in html and "3 s" in shown


@pytest.mark.parametrize("state", ["ok", *index.STATES])
def test_an_answer_of_an_earlier_run_is_marked_as_such(repository, state):
    """Beside a stage that failed, was skipped or is out of date stands a line, else none."""
    common = {"study": "pets", "error": None, "digest": "", "notebook": None, "seconds": 1.0}
    stages = [
        {"candidate": None, "stage": "1-data", "state": "ok"},
        {"candidate": "majority", "stage": "3-evaluate", "state": state},
    ]
    Status(stages=[each | common for each in stages]).write()
    leaderboard_record("pets", [{"candidate": "majority"}]).write("pets")
    page = BeautifulSoup(index.write().read_text(), "html.parser")
    marks = [mark.get_text() for mark in page.select(".old")]
    assert len(marks) == (state != "ok")
    assert all(f"{state}: pets/majority/3-evaluate" in mark for mark in marks)


def test_every_metric_and_kind_of_candidate_is_in_the_glossary():
    words = index.glossary()
    terms = {term for line in words["terms"] for term in line.split(", ")}
    assert {metric.label for metric in registry.METRICS.values()} <= terms
    kinds = {name for each in tasks.TASKS.values() for name in [*each.baselines, *each.adaptations]}
    assert kinds == words["candidates"].keys()


def test_an_empty_index_says_what_to_do(repository):
    assert [path.name for path in publish()] == ["index.html"]
    assert "Nothing has run yet" in (paths.reports() / "index.html").read_text()


def test_pages_of_no_study_are_linked_where_they_are(repository):
    def links():
        page = BeautifulSoup(index.write().read_text(), "html.parser")
        return [each["href"] for each in page.select("a") if each["href"].endswith(".html")]

    assert links() == []
    (paths.reports() / "coverage.html").write_text("counted")
    assert links() == ["coverage.html"]
