"""Publishing: what changed is rendered, what is gone is removed, every page has its links."""

import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from helpers.core import paths
from helpers.report.pages import publish


def test_every_page_links_to_the_glossary(repository):
    notebook = paths.build("pets", "majority") / "3-evaluate.ipynb"
    notebook.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell("# One")]), notebook)
    page = publish()[0].read_text()
    assert '<a href="../../index.html#glossary">' in page
    assert 'id="glossary"' in (paths.reports() / "index.html").read_text()


def test_a_page_is_rendered_again_only_when_it_changed(repository):
    notebook = paths.build("pets") / "1-data.ipynb"
    notebook.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell("# One")]), notebook)
    assert [path.name for path in publish()] == ["1-data.html", "index.html"]
    assert [path.name for path in publish()] == ["index.html"]
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Two")]), notebook)
    assert [path.name for path in publish()] == ["1-data.html", "index.html"]
    notebook.unlink()
    publish()
    assert not (paths.reports() / "pets").exists()


def test_a_page_links_to_its_study_and_to_the_other_stages_of_its_candidate(repository):
    for name in ("1-data", "a/2-train", "a/3-evaluate", "b/3-evaluate", "4-compare"):
        notebook = paths.build("pets") / f"{name}.ipynb"
        notebook.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=[new_markdown_cell("# One")]), notebook)
    publish()
    page = paths.reports() / "pets" / "a" / "3-evaluate.html"
    soup = BeautifulSoup(page.read_text(), "html.parser")
    links = [link["href"] for link in soup.footer.find_all("a")]
    assert links == ["../1-data.html", "2-train.html", "../4-compare.html"]
    assert all((page.parent / link["href"].partition("#")[0]).exists() for link in soup("a"))
