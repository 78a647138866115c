"""Players: small, deterministic, with room of their own, let through by the sanitiser."""

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from factories.notebook_output import displayed_html

from helpers.report import audio_player, transcript_alignment
from helpers.report.pages.render import safe_html

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
    chunks = transcript_alignment.align("call forwarding", "call for reading")
    player = audio_player.player(TONE[:16_000])
    html = displayed_html(lambda: transcript_alignment.show([{"id": "a"}], [chunks], [player]))
    assert safe_html(html) == html and "<audio controls" in html


def test_a_player_has_a_cell_of_its_own_beside_long_texts():
    frame, sound = pd.DataFrame({"reference": ["<b> " * 90], "hypothesis": [""]}), TONE[:1_600]
    for show, columns in (
        (lambda: audio_player.show_table([sound], frame, "The first"), 3),
        (lambda: audio_player.show([sound], ["<b>"], "One"), 2),
    ):
        html = displayed_html(show)
        assert html.count("<td") == columns and "<b>" not in html
        assert '<td class="player"><audio' in safe_html(html)
