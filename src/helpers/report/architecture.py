"""Draw docs/architecture.svg from the code: rooms as boxes in layers, imports as arrows."""

import ast
from collections import defaultdict
from html import escape
from pathlib import Path
from textwrap import wrap

from helpers.core import files, paths

ROOMS = {"core": 1, "metrics": 3, "catalogue": 1, "data": 2, "models": 0, "config": 4}
ROOMS |= {"evaluation": 2, "training": 0, "selection": 0, "comparison": 1, "coverage": 2}
ROOMS |= {"report": 5, "pipeline": 3, "benchmark": 3, "__main__": 4}
"""From the ground up: a room imports only rooms before it. The number is its column."""
SOURCE = Path(__file__).resolve().parents[1]
Corner = tuple[int, int]
WIDTH, HEIGHT, STEP, GAP, MARGIN = 240, 76, 136, 46, 24
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>The rooms of src/helpers. An arrow points from a room to one that it imports.</title>
<style>
  text {{ font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #475569 }}
  .name {{ font-size: 17px; font-weight: 600; fill: #0f172a }}
  .box {{ fill: #ffffff; stroke: #94a3b8; stroke-width: 1.2 }}
  .other {{ fill: #94a3b8 }} .stage {{ fill: #d55e00 }}
  .arrow {{ fill: none; stroke: #64748b; stroke-width: 1.6; marker-end: url(#tip) }}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
  orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="#64748b"/></marker></defs>
<rect width="{width}" height="{height}" rx="10" fill="#f8fafc"/>"""


def save() -> Path:
    """Write the drawing and return its path."""
    file = paths.root() / "docs" / "architecture.svg"
    file.parent.mkdir(exist_ok=True)
    files.write_text(file, draw())
    return file


def draw() -> str:
    """Return the drawing as SVG: the same code gives the same bytes."""
    below = imports()
    level: dict[str, int] = {}
    for room in ROOMS:
        level[room] = 1 + max((level[lower] for lower in below[room]), default=-1)
    top = max(level.values())
    corners = {
        room: (MARGIN + column * STEP, MARGIN + (top - level[room]) * (HEIGHT + GAP))
        for room, column in ROOMS.items()
    }
    width = max(x for x, _ in corners.values()) + WIDTH + MARGIN
    height = max(y for _, y in corners.values()) + HEIGHT + MARGIN
    lines = [HEAD.format(width=width, height=height)]
    pairs = [(room, lower) for room in ROOMS for lower in sorted(_direct(below, room))]
    lines += [_arrow(corners, pairs, upper, lower) for upper, lower in pairs]
    lines += [line for room in ROOMS for line in _box(room, *corners[room])]
    return "\n".join([*lines, "</svg>", ""])


def imports() -> dict[str, set[str]]:
    """Return the lower rooms that each room imports, also within functions."""
    imported: dict[str, set[str]] = defaultdict(set)
    for file in sorted(SOURCE.rglob("*.py")):
        room = file.relative_to(SOURCE).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                names = [(start + alias.name).split(".") for alias in node.names]
                imported[room] |= {name[1] for name in names if name[0] == "helpers"}
    order = list(ROOMS)
    return {room: imported[room].intersection(order[: order.index(room)]) for room in order}


def _direct(below: dict[str, set[str]], room: str) -> set[str]:
    """Leave out the rooms that are reached through another import as well."""
    reached: dict[str, set[str]] = {}
    for above in ROOMS:
        reached[above] = below[above].union(*(reached[lower] for lower in below[above]))
    return {lower for lower in below[room] if not any(lower in reached[x] for x in below[room])}


def _arrow(corners: dict[str, Corner], pairs: list[tuple[str, str]], upper: str, lower: str) -> str:
    """Draw a curve; arrows that share a box are spread along its edge from left to right."""
    starts = sorted(corners[b] for a, b in pairs if a == upper)
    ends = sorted(corners[a] for a, b in pairs if b == lower)
    (x0, y0), (x1, y1) = corners[upper], corners[lower]
    x0 += WIDTH * (starts.index(corners[lower]) + 1) // (len(starts) + 1)
    x1 += WIDTH * (ends.index(corners[upper]) + 1) // (len(ends) + 1)
    y0, y1 = y0 + HEIGHT, y1 - 2
    bend = (y1 - y0) * 3 // 5
    path = f"M{x0} {y0}C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}"
    return f'<path class="arrow" d="{path}"><title>{upper} imports {lower}</title></path>'


def _box(room: str, x: int, y: int) -> list[str]:
    """Draw a room with the first line of its docstring; the stages' rooms have a colour."""
    name, file = f"{room}/", SOURCE / room / "__init__.py"
    if room == "__main__":
        name, file = room, SOURCE / f"{room}.py"
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    first = text.partition("\n")[0].replace("``", "")
    kind = "stage" if first.startswith("Stage") else "other"
    lines = [(y + 46 + 17 * n, line) for n, line in enumerate(wrap(first, 33))]
    return [
        f'<rect class="box" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<rect class="{kind}" x="{x}" y="{y + 8}" width="4" height="{HEIGHT - 16}" rx="2"/>',
        f'<text class="name" x="{x + 17}" y="{y + 26}">{name}</text>',
        *(f'<text x="{x + 17}" y="{height}">{escape(line)}</text>' for height, line in lines),
    ]
