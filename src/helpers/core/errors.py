"""Errors that a user can act on: one clear line each."""

import errno
import os
import traceback
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from helpers.core.formatting import listed


class UserError(Exception):
    """Wrong input. The message is one line: what is wrong, where, and what is allowed.

    What it quotes may be of any length: it is cut, and what cannot be printed is escaped.
    """

    def __str__(self) -> str:
        """Return the line."""
        text = " ".join(super().__str__().splitlines())
        text = text if len(text) <= 2000 else f"{text[:1400]}…{text[-599:]}"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class Unreachable(UserError):
    """A download that a study needs cannot be reached from this machine."""


def debugging() -> bool:
    """Tell whether ``EVALBOOK_DEBUG=1`` asks for the traceback behind each one-line error."""
    return os.environ.get("EVALBOOK_DEBUG", "") not in ("", "0")


def reveal_causes(error: BaseException) -> None:
    """Undo each ``from None`` in an error's chain, so that its traceback shows every cause."""
    link: BaseException | None = error
    while link is not None:
        link.__suppress_context__ = link.__cause__ is not None
        link = link.__cause__ or link.__context__


def full_traceback(error: BaseException) -> str:
    """Format an error's traceback with all its causes."""
    reveal_causes(error)
    return "".join(traceback.format_exception(error))


def reason(error: Exception) -> str:
    """Put a library's error on one line of bounded length."""
    return (" ".join(str(error).split()) or type(error).__name__)[:160]


CURES = {
    errno.EACCES: "make it writable for this user",
    errno.EISDIR: "a file belongs there: remove the folder",
    errno.EDQUOT: "free some space of this user's quota",
    errno.EEXIST: "a folder belongs there: remove the file",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENAMETOOLONG: "shorten the name",
    errno.ENOLCK: "its file system keeps no locks: put the repository on another",
    errno.ENOSPC: "free some space on its disk",
    errno.ENOTDIR: "a folder belongs there: remove the file",
    errno.EROFS: "make its file system writable",
}


def of_system(error: OSError) -> str:
    """Put an error of the operating system on one line: where, what is wrong, the cure."""
    where = f"{error.filename}: " if error.filename else ""
    cure = f": {CURES[error.errno]}, then run this again" if error.errno in CURES else ""
    return f"{where}{(error.strerror or reason(error)).lower()}{cure}"


def closest(name: str, allowed: Iterable[str], cutoff: float = 0.5) -> str:
    """Suggest the closest allowed name: ``"; did you mean 'x'?"``, or nothing if none is close."""
    folded, lower = {str(item).lower(): str(item) for item in allowed}, str(name).lower()
    begun = [each for each in folded if each.startswith(lower)] if len(lower) > 2 else []
    matches = sorted(begun, key=len) or get_close_matches(lower, folded, n=1, cutoff=cutoff)
    return f"; did you mean {folded[matches[0]]!r}?" if matches else ""


def unknown(kind: str, name: str, allowed: Iterable[str], where: str = "") -> UserError:
    """Build the error for a name that is not allowed."""
    names = [str(item) for item in allowed]
    place = f"{where}: " if where else ""
    hint = f"{closest(name, names)} (allowed: {listed(names, 13) or 'none'})"
    return UserError(f"{place}unknown {kind} {name!r}{hint}")


def check_known(kind: str, name: str, allowed: Collection[str], where: str = "") -> None:
    """Raise the error for a name that is not allowed."""
    if name not in allowed:
        raise unknown(kind, name, allowed, where)
