"""Compare two files of predictions: the answer, a page, and an exit code for pipelines."""

import os
from pathlib import Path
from typing import Any

from helpers.comparison import two_files
from helpers.comparison.result import Comparison
from helpers.core import paths
from helpers.core.errors import UserError

WORSE = 3  # the exit code where the second is surely worse than the first


def run(labels: str, a: str, b: str, page: str | None = None, **options: Any) -> int:
    """Print the answer and the table, write the page, say last which exit code it is and why."""
    first, second = two_files.names_of(a, b)
    html = Path(page or f"{second}-against-{first}.html").absolute()
    taken = html.resolve() in [Path(each).resolve() for each in (labels, a, b)]
    if taken or html.is_dir() or not os.access(html.parent, os.W_OK):
        raise UserError(f"{html}: no place for the page: an input, a folder, or not to be written")

    def show(found: Comparison) -> None:
        from helpers.pipeline.notebook_execution import execute
        from helpers.report.pages.render import Link, Page, render

        two_files.verdict(found, first)  # refuses what has no value, before all else
        print(f"{second} ({b}) against {first} ({a}), by {labels}\n")
        print(*found.answer, *(f"- {each}" for each in found.details), sep="\n")
        table = found.summary.drop(columns=["cost", "fit_seconds"])
        print(f"\n{table.to_string(index=False, float_format='{:.3f}'.format)}\n", flush=True)
        told = {name: getattr(found, name) for name in ("study", "primary", "margin")}
        told |= {"candidates": [first, second], "seed": int(options.get("seed", 42))}
        os.environ["EVALBOOK_ROOT"] = str(Path(__file__).resolve().parents[3])  # until this ends
        notebook = paths.build("page.ipynb")
        execute(paths.notebooks() / "4-compare.ipynb", notebook, told, paths.build("progress"))
        render(notebook, html, Page(html.stem, breadcrumbs=[Link(html.stem)]))

    found = two_files.compare_files(labels, a, b, then=show, **options)
    worse, why = two_files.verdict(found, first)
    print(f"The page: {html.as_uri()}\nExit code {WORSE * worse}: {why}.")
    return WORSE * worse
