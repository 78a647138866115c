"""Scripts that put no blanks between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese..."""

import re

UNSPACED = (
    "[\u0e01-\u0edf\u0f00-\u0fc6\u1000-\u109d\u1780-\u17f9\u1950-\u19da\u1a20-\u1aa7\u1b00-\u1b73"
    "\u3005\u3041-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua48c\ua980-\ua9fe\uaa60-\uaadd"
    "\uf900-\ufad9\uff66-\uff9f\U00016fe0-\U0001b2fb\U00020000-\U0003fffd]"
)
_BLANKS = re.compile(rf"(?<={UNSPACED}) +| +(?={UNSPACED})")
_UNSPACED = re.compile(UNSPACED)


def joined(text: str) -> str:
    """Leave out blanks beside characters of these scripts, which separate phrases at most."""
    return _BLANKS.sub("", text)


def parted(text: str) -> str:
    """Put blanks around each character of these scripts, as if it were a word."""
    return " ".join(_UNSPACED.sub(r" \g<0> ", text).split())


def is_unspaced(text: str) -> bool:
    """Tell whether most characters of a text are of these scripts."""
    others, unspaced = _UNSPACED.subn("", text)
    return unspaced > sum(map(str.isalpha, others))
