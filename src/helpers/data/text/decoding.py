"""Texts of any declared encoding, as str with uniform line ends and Unicode composition."""

import codecs
import unicodedata
from contextlib import suppress
from pathlib import Path

from helpers.core.errors import UserError, unknown
from helpers.data.encoded import Encoded, Unreadable, content_of

MAX_CHARACTERS = 1_000_000  # the longest text that is accepted; a novel has about half of that
MAX_LINE = 16_000_000  # the longest line of a table, in bytes
# suggestions for an unknown name; any text codec is accepted
ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252", "cp1251", "shift_jis", "gb18030", "big5")
COMMON = "cp1252 (western Europe), cp1251 (Cyrillic), gb18030 (China) or shift_jis (Japan)"
EMPTY = "no words"

Raw = str | bytes | Path | Encoded  # a text itself, or an encoded file's bytes or path


def decode(raw: Raw) -> str:
    """Decode, as UTF-8 unless declared, to NFC with line feeds and no BOM; raises Unreadable."""
    text = raw if isinstance(raw, str) else _decoded(raw)
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"{len(text):,} characters, more than {MAX_CHARACTERS:,}")
    if "\0" in text:
        raise Unreadable(f"a NUL character at {text.index(chr(0)):,}: not a text")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise Unreadable(EMPTY)
    return text


def _decoded(raw: bytes | Path | Encoded) -> str:
    encoding = raw.encoding if isinstance(raw, Encoded) else "utf-8"
    content = content_of(raw.content if isinstance(raw, Encoded) else raw)
    if len(content) > 4 * MAX_CHARACTERS:
        raise Unreadable(f"{len(content):,} bytes, more than {4 * MAX_CHARACTERS:,}")
    if encoding == "utf-8" and content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"  # as its mark says, which no other text begins with
    try:
        return content.decode(codec(encoding)).removeprefix("\ufeff")
    except UnicodeError as error:
        raise Unreadable(f"not {encoding}{_place(error)}") from None


def _place(error: UnicodeError) -> str:
    return f" at byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else ""


def codec(name: str | None) -> str:
    """Return the name of a text codec, UTF-8 if none is declared; raises UserError if unknown."""
    try:
        codec_info = codecs.lookup(name or "utf-8")
    except LookupError:
        raise unknown("encoding", str(name), ENCODINGS) from None
    if not codec_info._is_text_encoding:
        raise UserError(f"encoding {name!r} is not a text encoding")
    return codec_info.name


def checked(file: Path, encoding: str | None, where: str) -> tuple[str, list[str]]:
    """Read a table's file, and say in notes what was found out; raises UserError if it is no text.

    A byte order mark tells UTF-16; what is neither declared nor UTF-8 is not guessed.
    """
    _bounded(file, where)
    content, notes = file.read_bytes(), []
    if encoding is None and content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding, notes = "utf-16", ["read as UTF-16, as its byte order mark says"]
    try:
        text = content.decode(codec(encoding)).removeprefix("\ufeff")
    except UnicodeError as error:
        hint = "" if encoding else f"; declare its `encoding`, such as {COMMON}"
        raise UserError(f"{where}: not {encoding or 'UTF-8'}{_place(error)}{hint}") from None
    if "\0" in text:
        hint = "; declare its `encoding`, utf-16-le or utf-16-be?" if text.count("\0") > 9 else ""
        place = f"a NUL character at {text.index(chr(0)):,}"
        raise UserError(f"{where}: {place}: not a table of text{hint}")
    with suppress(UnicodeError):
        if codec(encoding) not in ("utf-8", "utf-16") and text != content.decode():
            notes = [f"read as {encoding}, as declared, though it is valid UTF-8"]
    return text, notes


def _bounded(file: Path, where: str) -> None:
    """Refuse a line that is too long before the whole file is in memory."""
    with file.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE + 1), b""), start=1):
            if len(line) > MAX_LINE:
                raise UserError(f"{where}: line {number} has over {MAX_LINE:,} bytes: not a table")
