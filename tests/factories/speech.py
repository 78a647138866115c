"""A study of speech in files of its own: tones in place of words, transcripts beside them."""

import io

import numpy as np
import pandas as pd
import soundfile

RATE = 8_000


def tone(seconds=1.0, pitch=440.0, rate=RATE, loud=0.3):
    """Give a tone with a rhythm, so that no two pitches are near-copies."""
    time = np.arange(int(rate * seconds)) / rate
    return (
        loud
        * np.sin(2 * np.pi * pitch * time)
        * (0.6 + 0.4 * np.sin(2 * np.pi * pitch / 90 * time))
    )


def encoded(samples, rate=RATE, form="WAV", subtype=None):
    """Give the bytes of an encoded recording."""
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format=form, subtype=subtype)
    return stream.getvalue()


def made_recordings(folder, count=24, speakers=8):
    """Write recordings and a manifest; one in six has no speech."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        name, silent = f"clip{number:02d}.wav", number % 6 == 5
        noise = np.random.default_rng(number).normal(0, 0.02, RATE)
        (folder / name).write_bytes(encoded(tone(1.0, 200 + 45 * number) + noise))
        rows.append(
            {
                "path": name,
                "transcript": "[a tone]" if silent else f"Number {number}, please.",
                "language": "en-US" if number % 2 else "fr-CA",
                "speaker": f"voice{number % speakers}",
                "category": "numbers",
            }
        )
    pd.DataFrame(rows).to_csv(folder / "manifest.csv", index=False)
    return rows
