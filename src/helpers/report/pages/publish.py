"""Renders every new or changed notebook under build/ as a page under reports/."""

import hashlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from helpers.config import lesson_file
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.lesson import LESSONS
from helpers.report.pages import index, lesson_section
from helpers.report.pages.render import Link

PUBLISHED = ".published.json"  # the digest of every page that was published


def publish() -> list[Path]:
    """Render what changed since the last time, drop what is gone, return the pages, index last."""
    reports, build = paths.reports(), paths.build()
    published = files.read_sealed(reports / PUBLISHED)
    for partial in reports.rglob(".*.partial"):  # of a run that was killed
        partial.unlink(missing_ok=True)
    before = dict(published)
    notebooks = {
        path.relative_to(build).with_suffix("").as_posix(): path
        for path in sorted(build.glob("**/*.ipynb"))
        if not path.name.startswith(".")
    }
    written = []
    for name in sorted(published.keys() - notebooks.keys()):
        _remove(reports / name)
        del published[name]
    for name, notebook in notebooks.items():
        key = _key(name, notebook, notebooks)
        if published.get(name) != key or not _page(reports / name).is_file():
            try:
                written.append(_render(name, notebook, notebooks))
            except UserError as error:  # a damaged notebook hides no other
                print(f"evalbook: {error}", file=sys.stderr)
                continue
            published[name] = key
            files.write_sealed(reports / PUBLISHED, published)
    if published != before:
        files.write_sealed(reports / PUBLISHED, published)
    return [*written, index.write()]


def _render(name: str, notebook: Path, notebooks: Mapping[str, Path]) -> Path:
    from helpers.report.pages.render import Page, render

    target = paths.reports() / name
    page = Page(
        title=" · ".join(reversed(_labels(name))),
        breadcrumbs=_breadcrumbs(name, notebooks),
        related=_related(name, notebooks),
        failure=index.failure(name) if name.endswith(".failed") else "",
        glossary=f"{'../' * name.count('/')}index.html#glossary",
    )
    render(notebook, _page(target), page)
    files.write_bytes(target.with_name(f"{target.name}.ipynb"), notebook.read_bytes())
    return _page(target)


def _labels(name: str) -> list[str]:
    *folders, stage = name.removesuffix(".failed").split("/")
    if folders == [LESSONS]:
        with suppress(UserError):
            return ["Lessons", lesson_file.load(stage).title]
    return [*folders, index.STAGES.get(stage, stage)]


def _breadcrumbs(name: str, notebooks: Mapping[str, Path]) -> list[Link]:
    labels, depth = _labels(name), name.count("/")
    links = [Link("All reports", f"{'../' * depth}index.html")]
    if name.startswith(f"{LESSONS}/"):
        return [*links, Link("Lessons", f"../index.html#{LESSONS}"), Link(labels[-1])]
    for level, label in enumerate(labels[:-1]):
        comparison = "/".join([*labels[: level + 1], "4-compare"])
        up = "../" * (depth - level - 1)
        links.append(Link(label, f"{up}4-compare.html" if comparison in notebooks else ""))
    return [*links, Link(labels[-1])]


def _related(name: str, notebooks: Mapping[str, Path]) -> list[Link]:
    """Link the other reports of the study and, in the middle, of the candidate."""
    if "/" not in name:
        return []
    study, *inside = name.split("/")
    if study == LESSONS:
        around = lesson_section.neighbours(inside[0].removesuffix(".failed"), notebooks)
        return [Link(title, f"{other}.html") for title, other in around]
    up, candidate = "../" * (len(inside) - 1), "/".join(inside[:-1])
    stages = [("", "1-data"), ("", "0-pretrain"), ("", "2-select")]
    stages += [(candidate, stage) for stage in ("2-train", "3-evaluate") if candidate]
    links = []
    for folder, stage in [*stages, ("", "4-compare")]:
        other = "/".join(filter(None, (study, folder, stage)))
        if other in notebooks and other != name:
            label = f"{folder or study}: {index.STAGES[stage]}"
            links.append(Link(label, f"{stage}.html" if folder else f"{up}{stage}.html"))
    return links


def _key(name: str, notebook: Path, notebooks: Mapping[str, Path]) -> str:
    """Digest what a page is made of: its notebook, its links and the code that renders it."""
    surroundings = repr((_breadcrumbs(name, notebooks), _related(name, notebooks))) + _renderer()
    return hashlib.sha256(notebook.read_bytes() + surroundings.encode()).hexdigest()


@cache
def _renderer() -> str:
    here = Path(__file__).parent
    sources = [here / "render.py", *sorted((here / "templates").rglob("*.*"))]
    return "".join(files.sha256(path) for path in sources)


def _page(target: Path) -> Path:
    return target.with_name(f"{target.name}.html")


def _remove(target: Path) -> None:
    """Remove a page and its notebook, then the folders that this leaves empty."""
    for suffix in (".html", ".ipynb"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    folder = target.parent
    while folder != paths.reports() and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
