"""Renders an executed notebook as a self-contained page: no script, no network, all escaped."""

import base64
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpers.core import files, notebook_file, quiet_imports

TEMPLATES = Path(__file__).parent / "templates"
SOLUTION = "#### Solution"  # the heading of what a lesson folds
ELEMENTS = {
    "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
    "p", "div", "span", "strong", "em", "code", "pre", "br", "ul", "ol", "li", "a", "del", "ins",
    "h1", "h2", "h3", "h4", "dl", "dt", "dd", "sup", "sub", "blockquote", "hr", "figure",
    "figcaption",
}  # fmt: skip
ATTRIBUTES = {
    "*": ["class", "scope", "colspan", "rowspan", "role", "aria-label", "tabindex", "title", "id"],
    "a": ["href"],
}
PLAYER = re.compile(
    r'<audio controls preload="none" src="data:audio/(?:mpeg|wav|ogg);base64,[A-Za-z0-9+/=]+">'
    r"</audio>"
)
# a player is a mark while the rest is cleaned, in characters that no text may contain
MARK = "\ue000{}\ue001"
TAG_OR_MARK = re.compile("<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>|\ue000(\\d+)\ue001")  # not inside tags


@dataclass(frozen=True)
class Link:
    """A link of a page; without an address it is plain text."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Page:
    """What surrounds a report: title, breadcrumbs, related reports, error, address of glossary."""

    title: str
    breadcrumbs: list[Link] = field(default_factory=list)
    related: list[Link] = field(default_factory=list)
    failure: str = ""
    glossary: str = ""


def render(notebook: Path, html: Path, page: Page) -> Path:
    """Render an executed notebook as a page, which is written whole or not at all."""
    quiet_imports.nbformat()
    import nbformat

    notebook_file.read(notebook)  # a damaged one is refused
    content = nbformat.read(notebook, as_version=4)
    if any("injected-parameters" in _tags(cell) for cell in content.cells):
        content.cells = [cell for cell in content.cells if "parameters" not in _tags(cell)]
    content.cells = _shown(content.cells)
    _fold_solutions(content.cells)
    resources = {"page": page, "style": _style()}
    body, _ = _exporter().from_notebook_node(content, resources=resources)
    files.write_text(html, "\n".join(line.rstrip() for line in body.splitlines()) + "\n")
    return html


def _shown(cells: list[Any]) -> list[Any]:
    """Leave out each section whose code ran and showed nothing: it does not concern the study."""
    sections: list[list[Any]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    shown = [section for section in sections[1:] if not _silent(section)]
    return [cell for section in [sections[0], *shown] for cell in section]


def _fold_solutions(cells: list[Any]) -> None:
    """Mark the first and the last cell of each solution, which lasts until the next heading."""
    inside, folded = False, []
    for cell in cells:
        heading = cell.cell_type == "markdown" and cell.source.startswith("#")
        starts = heading and cell.source.startswith(SOLUTION)
        inside = starts or (inside and not heading)
        folded.append((starts, inside))
    for cell, (starts, inside), (again, goes_on) in zip(
        cells, folded, [*folded[1:], (False, False)], strict=True
    ):
        cell.metadata["folds"] = {"opens": starts, "closes": inside and (again or not goes_on)}


def _silent(section: list[Any]) -> bool:
    code = [cell for cell in section if cell.cell_type == "code"]
    return bool(code) and all(cell.execution_count and not cell.outputs for cell in code)


@cache
def _style() -> str:
    """Return the style sheet of every page, with the colours of highlighted code."""
    from pygments.formatters.html import HtmlFormatter

    light = HtmlFormatter(style="friendly", nobackground=True).get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark", nobackground=True).get_style_defs(".highlight")
    code = f"\n{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    return (TEMPLATES / "style.css").read_text(encoding="utf-8") + code


def prose(markdown: str) -> str:
    """Render markdown to sanitised HTML."""
    import mistune

    html = mistune.create_markdown(escape=True, plugins=["table", "footnotes"])(markdown)
    return safe_html(str(html))


def safe_html(html: str) -> str:
    """Keep tables, text elements and our players; drop every script, style and event handler."""
    import bleach

    players = [match[0] for match in PLAYER.finditer(html)]
    numbers = iter(range(len(players)))
    marked = PLAYER.sub(lambda _: MARK.format(next(numbers)), re.sub("[\ue000\ue001]", "", html))
    visible = _without(marked, "script", "style", "svg", "math", "template")
    schemes = ["https", "http", "mailto"]
    cleaned = bleach.clean(visible, ELEMENTS, ATTRIBUTES, protocols=schemes, strip=True)

    def restored(match: re.Match[str]) -> str:
        return players[int(match[1])] if match[1] else re.sub("[\ue000\ue001]", "", match[0])

    return TAG_OR_MARK.sub(restored, cleaned)


def alternative(output: Any, kind: str) -> str:
    """Return the alternative text of a figure: from its metadata, else its plain text."""
    metadata = output.get("metadata", {})
    alt = metadata.get(kind, {}).get("alt") or metadata.get("alt")
    return alt or output.get("data", {}).get("text/plain", "Figure")


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    settings = Config()
    settings.HTMLExporter.preprocessors = []
    settings.TagRemovePreprocessor.enabled = False
    return HTMLExporter(
        config=settings,
        template_name="evalbook",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
        filters={
            "alt": alternative,
            "base64": lambda text: base64.b64encode("".join(text).encode()).decode(),
            "no_space": lambda text: re.sub(r"[^A-Za-z0-9+/=]", "", "".join(text)),
            "prose": prose,
            "safe_html": safe_html,
        },
    )


def _without(html: str, *elements: str) -> str:
    """Drop elements with their content; bleach alone would keep the text inside them."""
    for element in elements:
        html = re.sub(rf"<{element}\b.*?</{element}\s*>", "", html, flags=re.DOTALL | re.IGNORECASE)
    return html


def _tags(cell: Any) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])
