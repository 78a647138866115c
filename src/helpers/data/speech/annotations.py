"""What transcripts put in brackets: sounds, signs and notes, which are not spoken.

In a manifest, square, curly and angle brackets hold sounds next to the words: ``[noise]``,
``<laughter>``; Whisper's ``<|0.00|>`` and its like are no words either.
They are removed from references and hypotheses, by every normalisation, before these are compared;
round brackets hold words said aside, and stay. In a studio's script, brackets of any kind hold
stage directions, or words that may be spoken.
"""

import re

# a bracket between two letters is no sound: ``a<b and c>d``
HEARD = re.compile(
    r"<\|([^<>|]*)\|>|\{([^{}]*)\}|\u3010([^\u3010\u3011]*)\u3011"
    r"|[\[\uff3b]([^\[\]\uff3b\uff3d]*)[\]\uff3d]"
    r"|(?!(?<=\w)<[^<>]*>\w)<(/?[^\W\d_][^<>.,!?;:]*)>"
)
NOTED = re.compile(HEARD.pattern + r"|[(\uff08]([^()\uff08\uff09]*)[)\uff09]")
NOT_UNDERSTOOD = ("inaudible", "indistinct", "unclear", "unintelligible", "unk")  # unknown words


def split_sounds(text: str) -> tuple[str, str | None]:
    """Separate words (empty if some are unknown) from sounds (None unless they stand alone)."""
    sounds = [_inside(found) for found in HEARD.finditer(text)]
    words = " ".join(HEARD.sub(" ", text).split())
    if any(sound.lower() in NOT_UNDERSTOOD for sound in sounds):
        return "", None
    return ("", ", ".join(sounds)) if sounds and not re.search(r"\w", words) else (words, None)


def spoken(text: str) -> str | None:
    """Return what is spoken of a script, without signs (``dash [-]``); None if that is unclear."""
    left = NOTED.sub(lambda found: found[0] if re.search(r"\w", found[0]) else " ", text)
    return None if NOTED.search(left) else " ".join(left.split())


def sound(text: str) -> str | None:
    """Return what a studio's script describes with a bracket around everything, ``[a beep]``."""
    found = NOTED.fullmatch(text.strip())
    return _inside(found) if found else None


def _inside(found: re.Match[str]) -> str:
    return " ".join(found[found.lastindex or 0].split())
