"""Speech made by programs, for accents without recordings: always called synthetic."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from helpers.core import cache, paths
from helpers.core.errors import Unreachable, UserError

SECONDS = 60  # time limit for synthesising a sentence


@dataclass(frozen=True)
class Voice:
    """A synthetic voice: its program, its name there, the accent that it imitates."""

    program: str
    name: str
    accent: str

    @property
    def shown(self) -> str:
        """The voice's name in tables, which says that it is synthetic."""
        return f"{self.accent} (synthetic, {self.program} {self.name})"


VOICES = (
    Voice("espeak-ng", "en-us", "American"),
    Voice("espeak-ng", "en-gb", "British"),
    Voice("espeak-ng", "en-gb-x-rp", "Received Pronunciation"),
    Voice("espeak-ng", "en-gb-scotland", "Scottish"),
    Voice("espeak-ng", "en-gb-x-gbclan", "Lancashire"),
    Voice("espeak-ng", "en-029", "Caribbean"),
    Voice("flite", "slt", "American"),
    Voice("flite", "awb", "Scottish"),
)


def available(voices: tuple[Voice, ...] = VOICES) -> tuple[Voice, ...]:
    """Return the voices whose program is installed; raises Unreachable if there is none."""
    installed = tuple(voice for voice in voices if shutil.which(voice.program))
    if not installed:
        programs = " or ".join(dict.fromkeys(voice.program for voice in voices))
        raise Unreachable(f"synthetic speech needs {programs}; none is installed")
    return installed


@lru_cache
def version_of(program: str) -> str:
    """Return the version that a program reports, asked once."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, errors="replace")
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def synthesise(text: str, voice: Voice) -> bytes:
    """Return a sentence spoken by a voice, cached; raises UserError if the program fails."""
    key = "\0".join([voice.program, version_of(voice.program), voice.name, text])
    target = paths.cache("synthesised", f"{hashlib.sha256(key.encode()).hexdigest()}.entry")
    if entry := cache.read(target):
        return entry[0]["sound"].tobytes()
    with tempfile.TemporaryDirectory(prefix="evalbook-") as folder:
        said, made = Path(folder) / "text.txt", Path(folder) / "made.wav"
        said.write_text(text + "\n", encoding="utf-8")
        try:
            subprocess.run(_command(voice, said, made), capture_output=True, timeout=SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UserError(f"{voice.shown}: synthesis failed: {type(error).__name__}") from None
        if not made.is_file() or not made.stat().st_size:
            raise UserError(f"{voice.shown}: {voice.program} wrote no sound for {text[:40]!r}")
        sound = made.read_bytes()
    cache.write(target, {"sound": np.frombuffer(sound, np.uint8)}, {})
    return sound


def _command(voice: Voice, text: Path, sound: Path) -> list[str]:
    """Pass the text in a file, so that none of it can be read as an option."""
    if voice.program == "flite":
        return ["flite", "-voice", voice.name, "-f", str(text), "-o", str(sound)]
    return ["espeak-ng", "-v", voice.name, "-s", "160", "-f", str(text), "-w", str(sound)]
