"""Pages: one file each, no script, no network, all that comes from data escaped."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.report.pages.render import Page, render, safe_html

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def page(tmp_path, *outputs, markdown="# A title"):
    """Render a notebook with one cell of code that gave these outputs."""
    cells = [new_markdown_cell(markdown), new_code_cell("f(x)", outputs=list(outputs))]
    source = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=cells), source)
    return render(source, tmp_path / "page.html", Page(title=f"Title {EVIL}")).read_text()


def shown(data, kind="display_data", **more):
    return new_output(kind, data=data, **more)


def test_a_page_stands_alone(tmp_path):
    html = page(tmp_path, shown({"text/html": "<table><tr><td>1</td></tr></table>"}))
    assert html.startswith("<!DOCTYPE html>") and '<html lang="en">' in html
    assert "<main" in html and 'name="viewport"' in html and "@media print" in html
    assert "<script" not in html
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", html)
    assert "default-src 'none'" in html


@pytest.mark.parametrize(
    "output",
    [
        shown({"text/html": f"<table><caption>{EVIL}</caption></table>"}),
        shown({"text/plain": EVIL}),
        shown({"text/markdown": EVIL}, "execute_result"),
        shown({"application/javascript": "alert(1)"}),
        shown({"text/html": "<a href='javascript:alert(1)'>x</a><iframe src=x></iframe>"}),
        shown({"text/html": "<svg onload=alert(1)></svg><style>*{}</style>"}),
        new_output("stream", name="stdout", text=EVIL),
        new_output("error", ename="E", evalue=EVIL, traceback=[EVIL]),
    ],
)
def test_nothing_from_data_runs(tmp_path, output):
    html = page(tmp_path, output, markdown=f"# {EVIL}")
    assert not re.search(r"<(script|iframe|svg|img src=x)", html, re.IGNORECASE)
    assert not re.search(r"<[^>]*\son\w+\s*=", html)
    assert "javascript:" not in html


def test_an_answer_that_a_cell_returns_is_shown(tmp_path):
    html = page(tmp_path, shown({"text/markdown": "Take *this* one."}, "execute_result"))
    assert "Take <em>this</em> one." in html


def test_a_figure_has_words_and_code_is_folded(tmp_path):
    data = {"image/png": "iVBORw0KGgo=", "text/plain": "the plain words"}
    html = page(tmp_path, shown(data, metadata={"image/png": {"alt": 'a "bar" & <b>'}}))
    assert BeautifulSoup(html, "html.parser").img["alt"] == 'a "bar" & <b>'
    assert '<details class="code"><summary>Code</summary>' in html
    assert 'alt="the plain words"' in page(tmp_path, shown(data))


def test_a_section_whose_code_shows_nothing_is_left_out_but_not_that_of_a_failed_run(tmp_path):
    def ran(*outputs):
        return new_code_cell("f()", execution_count=1, outputs=list(outputs))

    told = ran(shown({"text/plain": "found"}))
    cells = [new_markdown_cell("# One"), new_code_cell("import f", execution_count=3)]
    cells += [new_markdown_cell("## Two"), new_markdown_cell("Prose."), ran()]
    cells += [new_markdown_cell("## Three"), ran(), told, new_markdown_cell("## Four")]
    cells += [new_markdown_cell("## Five"), new_code_cell("never reached")]
    source = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=cells), source)
    html = render(source, tmp_path / "page.html", Page(title="t")).read_text()
    assert re.findall(r"<h\d[^>]*>(\w+)", html) == ["One", "Three", "Four", "Five"]
    assert "import f" in BeautifulSoup(html, "html.parser").text and "Prose" not in html


def test_headings_are_in_order(tmp_path):
    html = page(tmp_path, markdown="# One\n\n## Two\n\n### Three")
    assert re.findall(r"<h(\d)", html) == ["1", "2", "3"]


def test_tables_keep_their_structure():
    row = '<tr><th scope="col" class="number">a</th></tr>'
    table = f"<table><caption>c</caption><tbody>{row}</tbody></table>"
    assert safe_html(table) == table


@pytest.mark.parametrize(
    "hostile",
    [
        '<audio controls src="https://example.org/a.mp3"></audio>',
        '<audio controls preload="none" src="data:text/html;base64,AAAA"></audio>',
        '<audio controls preload="none" onplay="x()" src="data:audio/mpeg;base64,AAAA"></audio>',
        '<audio controls preload="none" src="data:audio/mpeg;base64,AA&quot; onerror=x"></audio>',
        '<a href="data:audio/mpeg;base64,AAAA">play</a>',
        '<video src="data:audio/mpeg;base64,AAAA"></video>',
    ],
)
def test_any_other_sound_is_dropped(hostile):
    cleaned = safe_html(f"<p>{hostile}</p>")
    assert "<audio" not in cleaned and "data:" not in cleaned and "<video" not in cleaned


def test_a_player_inside_an_attribute_does_not_break_out():
    player = '<audio controls preload="none" src="data:audio/mpeg;base64,AAAA"></audio>'
    assert player in safe_html(player)
    cleaned = safe_html(f"<p title='{player}'>text \ue0000\ue001</p>")
    assert "<audio" not in cleaned and "\ue000" not in cleaned


def test_a_lesson_shows_its_code_folds_solutions_and_hides_what_checks(tmp_path):
    def cell(source, tag):
        return new_code_cell(source, metadata={"tags": [tag]})

    told = [shown({"text/html": '<p class="lesson right"><strong>1</strong></p>'})]
    cells = [
        new_markdown_cell("# One"),
        cell("answer_1 = None", "answer"),
        cell("check()", "check"),
    ]
    cells[2].update(outputs=told, metadata={"jupyter": {"source_hidden": True}})
    for number in (1, 2):
        cells += [new_markdown_cell("#### Solution"), new_markdown_cell(f"Reason {number}.")]
        cells += [cell(f"solve({number})", "solution")]
    cells += [new_markdown_cell("## Next"), new_code_cell("after()", outputs=told)]
    source = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"evalbook": {"order": 1}}), source)
    html = render(source, tmp_path / "page.html", Page(title="t")).read_text()
    soup = BeautifulSoup(html, "html.parser")
    folded = soup.select("details.solution")
    assert [each.summary.get_text() for each in folded] == ["Solution", "Solution"]
    assert not any(each.has_attr("open") for each in folded)
    for number, each in enumerate(folded, 1):
        assert f"Reason {number}." in each.get_text() and f"solve({number})" in each.get_text()
        assert "after" not in each.get_text() and each.find_parent("details") is None
    assert all(each.has_attr("open") for each in soup.select("details.code"))
    assert "check()" not in soup.get_text() and "answer_1 = None" in soup.get_text()
    assert soup.select_one("p.lesson.right strong") and html.count("<details") == html.count(
        "</det"
    )
