"""Reference and hypothesis word by word: struck out if deleted, underlined if inserted.

Where words run together, as in Chinese, each character stands for one.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.core.scripts import joined, parted
from helpers.report import tables

LONGEST = 40  # inserted words shown in a row before the rest is counted: a loop may fill pages


@dataclass(frozen=True)
class Chunk:
    """Consecutive words of the reference and what the hypothesis has there; one may be empty."""

    reference: str
    hypothesis: str


def align(reference: str, hypothesis: str) -> list[Chunk]:
    """Align two normalised transcripts by their cheapest edits: joined, the chunks are the two."""
    if not reference or not hypothesis:
        return [Chunk(reference, hypothesis)] if reference or hypothesis else []
    import jiwer

    output = jiwer.process_words(parted(reference), parted(hypothesis))
    words, written = output.references[0], output.hypotheses[0]
    return [
        Chunk(
            joined(" ".join(words[chunk.ref_start_idx : chunk.ref_end_idx])),
            joined(" ".join(written[chunk.hyp_start_idx : chunk.hyp_end_idx])),
        )
        for chunk in output.alignments[0]
    ]


def as_html(chunks: Sequence[Chunk]) -> str:
    """Write an alignment as escaped HTML: ``<del>`` deleted, ``<ins>`` inserted."""
    return " ".join(map(_marked, chunks)) or '<span class="note">nothing</span>'


def _marked(chunk: Chunk) -> str:
    if chunk.reference == chunk.hypothesis:
        return html.escape(chunk.reference)
    words = chunk.hypothesis.split()
    inserted, more = " ".join(words[:LONGEST]), len(words) - LONGEST
    parts = [f"<del>{html.escape(chunk.reference)}</del>"] if chunk.reference else []
    parts += [f"<ins>{html.escape(inserted)}</ins>"] if inserted else []
    parts += [f'<span class="note">and {more:,} more</span>'] if more > 0 else []
    return " ".join(parts)


def as_text(chunks: Sequence[Chunk]) -> str:
    """Write an alignment in plain text: ``[-deleted-] {+inserted+}``."""
    parts: list[str] = []
    for chunk in chunks:
        if chunk.reference == chunk.hypothesis:
            parts.append(chunk.reference)
            continue
        parts += [f"[-{chunk.reference}-]"] if chunk.reference else []
        parts += [f"{{+{chunk.hypothesis}+}}"] if chunk.hypothesis else []
    return " ".join(parts)


def show(
    rows: Sequence[dict[str, str]], alignments: Sequence[Sequence[Chunk]], players: Sequence[str]
) -> None:
    """Show utterances in a notebook as a table: a player, the cells of its row, its alignment.

    ``rows`` have the same keys, the names of their columns; ``players`` are from ``audio_player``,
    empty for none.
    """
    cells = [
        f'<td class="player">{player}</td>{tables.cells(row.values())}'
        f'<td class="alignment">{as_html(chunks)}</td>'
        for row, chunks, player in zip(rows, alignments, players, strict=True)
    ]
    plain = "\n".join(
        f"{', '.join(row.values())}: {as_text(chunks)}"
        for row, chunks in zip(rows, alignments, strict=True)
    )
    names = ["listen", *(rows[0] if rows else ()), "transcript"]
    key = "Struck out: words of the reference that were missed. Underlined: words written instead."
    tables.display_rows(cells, plain or "none", caption=key, names=names)
