"""What was said and what was heard, word by word: struck out if missed, underlined if added."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 40
"""Words that a run of made-up ones shows before the rest is counted: a loop may fill pages."""


@dataclass(frozen=True)
class Piece:
    """Words that belong together: equal, or said one way and heard another; either may be empty."""

    said: str
    heard: str

    @property
    def equal(self) -> bool:
        """Tell whether these words were heard as they were said."""
        return self.said == self.heard


def align(reference: str, hypothesis: str) -> list[Piece]:
    """Align two normalised transcripts by their cheapest edits.

    Returns
    -------
    list of Piece
        In order; their ``said`` joined is the reference, their ``heard`` the hypothesis.
    """
    if not reference or not hypothesis:
        return [Piece(reference, hypothesis)] if reference or hypothesis else []
    import jiwer

    found = jiwer.process_words(reference, hypothesis)
    said, heard = found.references[0], found.hypotheses[0]
    return [
        Piece(
            " ".join(said[chunk.ref_start_idx : chunk.ref_end_idx]),
            " ".join(heard[chunk.hyp_start_idx : chunk.hyp_end_idx]),
        )
        for chunk in found.alignments[0]
    ]


def as_html(pieces: Sequence[Piece]) -> str:
    """Write an alignment as escaped HTML: ``<del>`` said and missed, ``<ins>`` heard instead."""
    return " ".join(map(_marked, pieces)) or '<span class="note">nothing</span>'


def as_text(pieces: Sequence[Piece]) -> str:
    """Write an alignment in plain text: ``[-said-] {+heard+}``."""
    marks = {"said": "[-{}-]", "heard": "{{+{}+}}"}
    return " ".join(
        piece.said
        if piece.equal
        else " ".join(marks[way].format(words) for way in marks if (words := getattr(piece, way)))
        for piece in pieces
    )


def _marked(piece: Piece) -> str:
    if piece.equal:
        return html.escape(piece.said)
    missed = f"<del>{html.escape(piece.said)}</del>" if piece.said else ""
    words = piece.heard.split(" ")
    added = f"<ins>{html.escape(' '.join(words[:LONGEST]))}</ins>" if piece.heard else ""
    more = len(words) - LONGEST
    rest = f'<span class="note">and {more:,} more</span>' if more > 0 else ""
    return " ".join(filter(None, (missed, added, rest)))


def table(
    rows: Sequence[dict[str, str]], alignments: Sequence[Sequence[Piece]], players: Sequence[str]
) -> str:
    """Lay utterances out as an HTML table: a player, the cells of its row, its alignment.

    Parameters
    ----------
    rows : sequence of dict
        Names and texts of further columns, the same in each; escaped here.
    alignments : sequence
        Of ``align``.
    players : sequence of str
        HTML of ``players.player``; empty for none.
    """
    names = ["listen", *rows[0], "said, and what was heard instead"] if rows else []
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><td class="player">{player}</td>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row.values())
        + f'<td class="alignment">{as_html(pieces)}</td></tr>'
        for row, pieces, player in zip(rows, alignments, players, strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def show(
    rows: Sequence[dict[str, str]],
    alignments: Sequence[Sequence[Piece]],
    players: Sequence[str],
) -> None:
    """Show utterances with their players in a notebook; the same in words beside it."""
    from IPython.display import display

    plain = "\n".join(
        f"{', '.join(row.values())}: {as_text(pieces)}"
        for row, pieces in zip(rows, alignments, strict=True)
    )
    content = table(rows, alignments, players) if rows else "<p>None.</p>"
    display({"text/html": content, "text/plain": plain or "None."}, raw=True)
