"""Alignments: right, escaped, and let through by the report's sanitiser."""

from factories.notebook_output import displayed_html
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report import transcript_alignment
from helpers.report.pages.render import safe_html
from helpers.report.transcript_alignment import Chunk

WORDS = st.lists(st.sampled_from(["call", "for", "reading", "<b>", "&amp;", "é"]), max_size=6)


def test_an_alignment_by_hand():
    chunks = transcript_alignment.align("call forwarding is on", "call for reading on")
    assert transcript_alignment.as_text(chunks) == "call [-forwarding is-] {+for reading+} on"
    assert (
        transcript_alignment.as_html(chunks)
        == "call <del>forwarding is</del> <ins>for reading</ins> on"
    )


def test_a_loop_of_inserted_words_is_cut_and_the_rest_counted():
    shown = transcript_alignment.as_html([Chunk("si", " ".join(["model"] * 1_240))])
    assert shown.count("model") == 40 and "1,200" in shown


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_chunks_joined_are_the_two_transcripts(reference, hypothesis):
    chunks = transcript_alignment.align(" ".join(reference), " ".join(hypothesis))
    assert " ".join(filter(None, (each.reference for each in chunks))) == " ".join(reference)
    assert " ".join(filter(None, (each.hypothesis for each in chunks))) == " ".join(hypothesis)


def test_transcripts_are_text_and_never_markup():
    chunks = [Chunk("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")]
    html = displayed_html(lambda: transcript_alignment.show([{"id": "<i>"}], [chunks], [""]))
    assert "<script" not in html and "<img" not in html and "<i>" not in html
    assert "<del>" in html and "<ins>" in html and safe_html(html) == html


def test_no_utterances_are_said_to_be_none():
    assert "none" in displayed_html(lambda: transcript_alignment.show([], [], []))


def test_words_that_run_together_are_aligned_by_characters():
    chunks = transcript_alignment.align("今日は iPhone を買う", "今日は iPad を買った")
    equal = [chunk.reference for chunk in chunks if chunk.reference == chunk.hypothesis]
    assert equal == ["今日は", "を買"]
    assert chunks[1] == Chunk("iPhone", "iPad")
