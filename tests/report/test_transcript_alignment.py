"""Alignments and players: right, escaped, and let through by the report's sanitiser."""

import base64
import io
import re
from unittest import mock

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report import audio_player, transcript_alignment
from helpers.report.pages.render import safe_html
from helpers.report.transcript_alignment import Piece

WORDS = st.lists(st.sampled_from(["call", "for", "reading", "<b>", "&amp;", "é"]), max_size=6)


def test_an_alignment_by_hand():
    pieces = transcript_alignment.align("call forwarding is on", "call for reading on")
    assert transcript_alignment.as_text(pieces) == "call [-forwarding is-] {+for reading+} on"
    assert (
        transcript_alignment.as_html(pieces)
        == "call <del>forwarding is</del> <ins>for reading</ins> on"
    )


def test_of_a_loop_of_made_up_words_the_rest_is_counted():
    shown = transcript_alignment.as_html([Piece("si", " ".join(["model"] * 1_240))])
    assert shown.count("model") == 40
    assert shown.endswith('</ins> <span class="note">and 1,200 more</span>')


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_pieces_joined_are_the_two_transcripts(said, heard):
    pieces = transcript_alignment.align(" ".join(said), " ".join(heard))
    assert " ".join(filter(None, (each.said for each in pieces))) == " ".join(said)
    assert " ".join(filter(None, (each.heard for each in pieces))) == " ".join(heard)


def test_transcripts_are_text_and_never_markup():
    pieces = [Piece("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")]
    shown = transcript_alignment.table([{"id": "<i>"}], [pieces], [""])
    assert "<script" not in shown and "<img" not in shown and "<i>" not in shown
    assert safe_html(shown) == shown


TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(160_000) / 16_000)).astype(np.float32)


def test_a_player_holds_the_first_seconds_in_a_few_kilobytes_and_decodes():
    element = audio_player.player(TONE)
    data = base64.b64decode(re.search(r"base64,([A-Za-z0-9+/=]+)", element)[1])
    samples, rate = soundfile.read(io.BytesIO(data))
    assert rate == 16_000 and abs(len(samples) / rate - audio_player.SECONDS) < 0.2
    assert len(element) < 40_000 and element == audio_player.player(TONE)
    inside = samples[2_000:100_000]
    turned = np.exp(-2j * np.pi * 440 * np.arange(len(inside)) / rate)
    assert 2 * abs(np.mean(inside * turned)) == pytest.approx(0.5, abs=0.03)


def test_the_sanitiser_lets_players_and_marked_words_through():
    said, heard = "call forwarding", "call for reading"
    shown = transcript_alignment.table(
        [{"id": "a"}],
        [transcript_alignment.align(said, heard)],
        [audio_player.player(TONE[:16_000])],
    )
    assert safe_html(shown) == shown and "<audio controls" in shown


def test_a_player_keeps_its_room_beside_long_texts():
    frame = pd.DataFrame({"said": ["<b> " * 90], "heard": [""]})
    with mock.patch("IPython.display.display") as display:
        audio_player.beside([TONE[:1_600]], frame, "The first")
        audio_player.show([TONE[:1_600]], ["<b>"], "One")
    for ((data,), _), columns in zip(display.call_args_list, (3, 2), strict=True):
        assert data["text/html"].count("<td") == columns and "<b>" not in data["text/html"]
        assert '<td class="player"><audio' in safe_html(data["text/html"])


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
    player = audio_player.player(TONE[:1_600])
    cleaned = safe_html(f"<p title='{player}'>text \ue0000\ue001</p>")
    assert "<audio" not in cleaned and "\ue000" not in cleaned
