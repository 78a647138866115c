"""PocketSphinx (Huggins-Daines et al., 2006): a baseline from before neural networks.

Gaussian mixtures and trigrams; acoustic model, dictionary and language model are US English.
"""

from importlib.metadata import version

import numpy as np

from helpers.data.audio import decoding
from helpers.models.kinds import ModelSpec
from helpers.models.speech.recogniser import Recogniser, RecogniserCard


def card(spec: ModelSpec) -> RecogniserCard:
    """Describe the model of US English that PocketSphinx ships."""
    return RecogniserCard(
        name=spec.name,
        licence="BSD-2-Clause",
        reads="mel cepstra of 16 kHz sound, US English",
        made_of={"pocketsphinx": version("pocketsphinx")},
        load=_load,
        modules=(__name__,),
        language="English",
    )


def _load(threads: int | None) -> Recogniser:
    """Load the decoder; it runs on one thread whatever is asked."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=decoding.RATE, loglevel="FATAL")

    # The noise has an amplitude of one 16-bit step: without it, digital silence is a logarithm of
    # zero, and the decoder's answer to that depends on what it heard before.
    def hear(samples: np.ndarray, language: str) -> str:
        decoder.reinit_feat()  # or the cepstral mean of the last utterance would colour this one
        decoder.start_utt()
        noise = np.random.default_rng(0).integers(-1, 2, len(samples))
        wide = np.clip(samples * 32768 + noise, -32768, 32767).astype("<i2")
        decoder.process_raw(wide.tobytes(), full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""

    return Recogniser("pocketsphinx", hear, f"PocketSphinx {version('pocketsphinx')}", cores=1)
