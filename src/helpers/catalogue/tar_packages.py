"""Packages that are a compressed ``tar``, which is decompressed once, beside them.

Debian's have an ``ar`` around it, npm's do not. Single members are read from the tar; nothing is
installed or run.
"""

import fnmatch
import gzip
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from helpers.core import cache, files, paths
from helpers.core.errors import UserError, closest, reason

MAX_MEMBERS = 100_000
MAX_BYTES = 1024**3  # of a whole package, decompressed
CHUNK = 1 << 20
MAGIC = b"!<arch>\n"
HEADER = 60


class TarMembers:
    """The files inside a package, listed and limited before anything is read.

    Refused are paths that leave it and too many or too large members; links are left out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tar = _plain(path)
        self._infos: dict[str, tarfile.TarInfo] = {}
        try:
            with tarfile.open(self._tar, "r:") as opened:
                for info in opened:
                    self._add(info)
        except (tarfile.TarError, OSError, ValueError) as error:
            raise UserError(f"{path.name}: damaged: {reason(error)}") from None

    def _add(self, info: tarfile.TarInfo) -> None:
        name = info.name.removeprefix("./")
        files.check_names([name], self.path.name)
        if files.leaves_folder(name):
            raise UserError(f"{self.path.name}: {info.name!r}: the path leaves the package")
        if info.isfile() and not info.islnk():
            self._infos[name] = info
        if len(self._infos) > MAX_MEMBERS:
            raise UserError(f"{self.path.name}: more than {MAX_MEMBERS:,} files")

    def names(self, pattern: str = "*") -> list[str]:
        """List the members that match a shell pattern, sorted."""
        return sorted(name for name in self._infos if fnmatch.fnmatchcase(name, pattern))

    def read(self, name: str) -> bytes:
        """Return the bytes of one member."""
        if name not in self._infos:
            raise UserError(f"{self.path.name}: no file {name!r}{closest(name, self._infos)}")
        info = self._infos[name]
        with self._tar.open("rb") as file:  # for each read: threads may read in parallel
            file.seek(info.offset_data)
            return file.read(info.size)

    def text(self, name: str) -> str:
        """Return a member as text without its byte-order mark, a ``.gz`` decompressed."""
        content = self.read(name)
        try:
            if name.endswith(".gz"):
                with gzip.open(io.BytesIO(content)) as stream:
                    content = stream.read(CHUNK * 64 + 1)
            if len(content) > CHUNK * 64:
                raise UserError(f"{self.path.name}: {name!r} unpacks to more than 64 MB")
            return content.decode("utf-8-sig")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise UserError(f"{self.path.name}: {name!r} is not text: {reason(error)}") from None


def _plain(path: Path) -> Path:
    """Return the package's tar, decompressed beside it once; its digest is stored and checked."""
    target, mark = path.with_suffix(".tar"), path.with_suffix(".tar.sha256")
    with files.lock(paths.cache("locks", target.name)):  # another process may be unpacking it
        if is_intact(target):
            return target
        cache.discard(mark, "not the digest of the tar")
        cache.discard(target, "not the tar that was unpacked")
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            with path.open("rb") as package, partial.open("wb") as out:
                _unpack(package, out, path.name)
            digest = files.sha256(partial)
            partial.replace(target)
            files.write_text(mark, digest)
        finally:
            partial.unlink(missing_ok=True)
    return target


def is_intact(tar: Path) -> bool:
    """Tell whether a tar is as it was decompressed: its digest lies beside it."""
    mark = tar.with_suffix(".tar.sha256")
    return bool(files.state(mark)) and files.is_intact(tar, mark.read_bytes().decode("latin-1"))


def _unpack(package: IO[bytes], out: IO[bytes], name: str) -> None:
    """Copy the tar out of a package, at most ``MAX_BYTES``."""
    written = 0
    try:
        with gzip.open(package) if name.endswith(".tgz") else _data(package, name) as stream:
            while chunk := stream.read(CHUNK):
                written += len(chunk)
                if written > MAX_BYTES:
                    raise UserError(f"{name}: unpacks to more than {MAX_BYTES:,} bytes")
                out.write(chunk)
    except (lzma.LZMAError, OSError, EOFError, ValueError, zlib.error) as error:
        raise UserError(f"{name}: damaged: {reason(error)}") from None
    if not written:
        raise UserError(f"{name}: damaged: nothing inside")


def _data(package: IO[bytes], name: str) -> IO[bytes]:
    """Find ``data.tar`` among the members of the ar archive, and open it decompressed."""
    if package.read(len(MAGIC)) != MAGIC:
        raise UserError(f"{name}: not a Debian package")
    while len(header := package.read(HEADER)) == HEADER:
        member, size = header[:16].decode("latin-1").strip().rstrip("/"), header[48:58].strip()
        if not size.isdigit() or header[58:] != b"`\n":
            raise UserError(f"{name}: damaged: no header of a member where one should be")
        if member.startswith("data.tar"):
            if member not in OPENERS:
                raise UserError(f"{name}: {member}: xz, gz or plain needed")
            return OPENERS[member](io.BytesIO(package.read(int(size))))
        package.seek(int(size) + int(size) % 2, io.SEEK_CUR)
    raise UserError(f"{name}: damaged: no data.tar inside")


OPENERS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    "data.tar.xz": lambda raw: lzma.LZMAFile(raw),  # noqa: SIM115 (the caller closes it)
    "data.tar.gz": lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw)),
    "data.tar": lambda raw: raw,
}
