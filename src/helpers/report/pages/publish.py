"""Everything executed under build/ that is new or changed becomes a page under reports/."""

import hashlib
import shutil
from functools import cache
from pathlib import Path

from helpers.core import files, paths
from helpers.report.pages import index

STAGES = {
    "1-data": "Data",
    "2-select": "Select",
    "2-train": "Train",
    "3-evaluate": "Evaluate",
    "4-compare": "Compare",
    "5-across": "Across studies",
    "bench": "Benchmark",
}
PUBLISHED = ".published.json"


def publish() -> list[Path]:
    """Render what changed since the last time, drop what is gone, write the index.

    Returns
    -------
    list of Path
        The pages written, the index last.
    """
    reports, build = paths.reports(), paths.build()
    known = files.read_json_or_empty(reports / PUBLISHED)
    notebooks = sorted(build.glob("**/*.ipynb")) if build.is_dir() else []
    notebooks = [path for path in notebooks if not path.name.startswith(".")]
    current = {str(path.relative_to(build).with_suffix("")): path for path in notebooks}
    written = []
    for name in [name for name in known if name not in current]:
        _remove(reports / name)
        del known[name]
    for name, notebook in current.items():
        key = _key(name, notebook, current)
        if known.get(name) != key or not _page(reports / name).is_file():
            written.append(_render(name, notebook, current))
            known[name] = key
            files.write_json(reports / PUBLISHED, known)
    if known != files.read_json_or_empty(reports / PUBLISHED):
        files.write_json(reports / PUBLISHED, known)
    return [*written, index.write()]


def _render(name: str, notebook: Path, current: dict[str, Path]) -> Path:
    from helpers.report.pages.render import Page, render

    target = paths.reports() / name
    page = Page(
        title=" · ".join(reversed(_labels(name))),
        trail=_trail(name, current),
        neighbours=_neighbours(name, current),
        failure=index.failure(name) if name.endswith(".failed") else "",
        words=f"{'../' * name.count('/')}index.html#words",
    )
    render(notebook, _page(target), page)
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(notebook, partial)
    partial.replace(target.with_name(f"{target.name}.ipynb"))
    return _page(target)


def _labels(name: str) -> list[str]:
    *folders, stage = name.removesuffix(".failed").split("/")
    return [*folders, STAGES.get(stage, stage)]


def _trail(name: str, current: dict[str, Path]) -> list[dict[str, str]]:
    labels, depth = _labels(name), name.count("/")
    links = [{"text": "All reports", "href": f"{'../' * depth}index.html"}]
    for level, label in enumerate(labels[:-1]):
        compare = "/".join([*labels[: level + 1], "4-compare"])
        up = "../" * (depth - level - 1)
        links.append({"text": label, "href": f"{up}4-compare.html" if compare in current else ""})
    return [*links, {"text": labels[-1], "href": ""}]


def _neighbours(name: str, current: dict[str, Path]) -> list[dict[str, str]]:
    """Link the other reports of the study, as seen from this one."""
    if "/" not in name:
        return []
    study, *inside = name.split("/")
    up, links = "../" * (len(inside) - 1), []
    for stage in ("1-data", "2-select", "4-compare"):
        if f"{study}/{stage}" in current and f"{study}/{stage}" != name:
            links.append({"text": f"{study}: {STAGES[stage]}", "href": f"{up}{stage}.html"})
    for stage in ("2-train", "3-evaluate"):
        other = "/".join([study, *inside[:-1], stage])
        if len(inside) == 2 and other in current and other != name:
            links.insert(-1, {"text": f"{inside[0]}: {STAGES[stage]}", "href": f"{stage}.html"})
    return links


def _key(name: str, notebook: Path, current: dict[str, Path]) -> str:
    """Identify a page by its notebook, its surroundings and the code that renders it."""
    surroundings = repr((_trail(name, current), _neighbours(name, current)))
    return hashlib.sha256(
        notebook.read_bytes() + surroundings.encode() + _renderer().encode()
    ).hexdigest()


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
