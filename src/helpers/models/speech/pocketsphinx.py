"""PocketSphinx (Huggins-Daines et al., 2006): the control from before neural networks.

Gaussian mixtures and trigrams; acoustic model, dictionary and language model are of US English.
"""

from importlib.metadata import version

import numpy as np

from helpers.data.audio import decoding
from helpers.models.speech.recogniser import Card, Recogniser


def card(name: str = "pocketsphinx") -> Card:
    """Describe the model of US English that PocketSphinx ships."""
    return Card(
        name=name,
        licence="BSD-2-Clause",
        reads="mel cepstra of 16 kHz sound, US English",
        made_of={"pocketsphinx": version("pocketsphinx")},
        load=_load,
        modules=("helpers.models.speech.pocketsphinx",),
    )


def _load(threads: int | None) -> Recogniser:
    """Load the decoder; it runs on one thread whatever is given."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=decoding.RATE, loglevel="FATAL")

    # The noise is of one step of 16 bits: without it digital silence is a logarithm of zero, and
    # what the decoder makes of that depends on what it heard before.
    def hear(samples: np.ndarray, language: str) -> str:
        decoder.reinit_feat()  # or the cepstral mean of the last utterance would colour this one
        decoder.start_utt()
        noise = np.random.default_rng(0).integers(-1, 2, len(samples))
        wide = np.clip(samples * 32768 + noise, -32768, 32767).astype("<i2")
        decoder.process_raw(wide.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return found.hypstr if found else ""

    return Recogniser("pocketsphinx", hear, f"PocketSphinx {version('pocketsphinx')}", cores=1)
