"""Pinned archives of package indexes: checked and read in place, never installed or run."""

import fnmatch
import hashlib
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from helpers.catalogue import download, npm
from helpers.catalogue.entries import Archive, ArchivePart
from helpers.catalogue.tar_packages import TarMembers
from helpers.core import cache, files, paths
from helpers.core.errors import UserError, closest, reason

MAX_MEMBERS = 1_000_000
MAX_MEMBER_BYTES = 2 * 1024**3
MAX_TOTAL_BYTES = 16 * 1024**3
MAX_RATIO = 200  # a member over 1 MB with a higher compression ratio counts as a zip bomb
BLOCK = 1 << 20
SPLIT = re.compile(r"^(.+?)(?:\.part(\d+))?$")  # a file's name, and which part of it


def fetch(archive: Archive) -> Path:
    """Return the archive's file in the cache, downloaded and checked the first time."""
    if archive.npm:
        return npm.fetch(archive)
    fetch_into = _download_source if archive.source else _download
    return download.fetched(archive, _title(archive), fetch_into)


def _title(archive: Archive) -> str:
    return f"{archive.name} {archive.version}"


def _download(archive: Archive, folder: Path) -> Path:
    """Let pip fetch one wheel into a folder, which runs none of its code."""
    requirements, wheels = folder / "requirements.txt", folder / "wheels"
    requirements.write_text(f"{archive.name}=={archive.version} --hash=sha256:{archive.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-build-isolation"]
    command += ["--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", "--retries", "2"]
    command += ["--dest", str(wheels), "-r", str(requirements)]
    command += ["--platform", archive.platform] if archive.platform else []
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    downloaded = sorted(wheels.glob("*.whl"))
    if done.returncode or len(downloaded) != 1:
        raise _failure(archive, done.stdout + done.stderr)
    return downloaded[0]


def _failure(archive: Archive, output: str) -> UserError:
    """Turn pip's output into the one reason that matters."""
    title = _title(archive)
    if got := re.search(r"Got\s+([0-9a-f]{64})", output):
        return download.differs(title, archive.sha256, got[1])
    if "No module named pip" in output:
        return UserError(f"{title}: pip is missing from {sys.executable}; it fetches the archives")
    if re.search(r"Retrying|Max retries|[Cc]onnection|timed out|ProxyError|SSLError", output):
        causes = re.findall(r"\[Errno -?\d+\] ([^'\")]+)|(timed out|ProxyError|SSLError)", output)
        reason = "".join(causes[-1]) if causes else _reason(output)
        return UserError(f"{title}: the package index cannot be reached: {reason}")
    return UserError(f"{title}: not fetched: {_reason(output)}")


def _reason(output: str) -> str:
    """Return pip's last error message on one line, without its prefix."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    line = (errors or lines or ["pip gave no reason"])[-1]
    return re.sub(r"^(ERROR|WARNING):\s*", "", re.sub(r"https?://\S+", "the index", line))[:240]


class WheelMembers:
    """The files inside an archive, listed and limited before anything is read.

    Refused are links, paths that leave the archive, and too many or too large members.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except Exception as error:  # a damaged directory raises many kinds
            raise UserError(f"{self.path.name}: not a readable archive: {reason(error)}") from None
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        self._infos = {info.filename: info for info in infos}
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_MEMBERS or total > MAX_TOTAL_BYTES:
            raise UserError(f"{self.path.name}: {len(infos)} files, {total} bytes: too large")
        for info in infos:
            if problem := _problem(info):
                raise UserError(f"{self.path.name}: {info.filename!r}: {problem}")

    def __reduce__(self) -> tuple[type["WheelMembers"], tuple[Path]]:
        """Send its path, not the open file: another node opens it anew in the shared cache."""
        return WheelMembers, (self.path,)

    def names(self, pattern: str = "*") -> list[str]:
        """List the members that match a shell pattern, sorted."""
        return sorted(name for name in self._infos if fnmatch.fnmatchcase(name, pattern))

    def read(self, name: str) -> bytes:
        """Return the bytes of one member; its checksum is verified."""
        if name not in self._infos:
            raise UserError(f"{self.path.name}: no file {name!r}{closest(name, self._infos)}")
        try:
            return self._zip.read(name)
        except Exception as error:  # and so does each kind of compression
            raise UserError(f"{self.path.name}: {name!r} is damaged: {reason(error)}") from None


def opened(path: Path) -> WheelMembers | TarMembers:
    """Open an archive that was fetched: a wheel, or a package that is a tar."""
    return TarMembers(path) if path.suffix == ".tgz" else WheelMembers(path)


def unpacked(archive: Archive, pattern: str, parts: Sequence[ArchivePart] = ()) -> Path:
    """Return a folder with the members of archives that match their shell patterns.

    For libraries that read only folders. It is written once, to the cache under the digests of the
    archives; the digests of its files lie beside it, in an entry that is written last. A file split
    into ``NAME.part1``, ``NAME.part2`` and so on, wherever each lies, is joined to ``NAME``.
    """
    pinned = [(archive, pattern), *((part.archive, part.member) for part in parts)]
    digests = "-".join(each.sha256[:16] for each, _ in pinned)
    name = f"{archive.name.replace('/', '-')}-{archive.version}-{digests}"
    target = paths.cache("unpacked", name)
    with files.lock(paths.cache("locks", target.name)):  # another process may be unpacking it
        if is_unpacked(target):
            return target
        cache.discard(target, "not the files that were unpacked")
        contents = _joined(pinned)
        for own, content in contents.items():
            files.write_bytes(target / own, content)
        made = {own: hashlib.sha256(content).hexdigest() for own, content in contents.items()}
        cache.write(Path(f"{target}.entry"), {}, made)
    return target


def _joined(pinned: Sequence[tuple[Archive, str]]) -> dict[str, bytes]:
    """Read the members of archives that match, by name, without their folders or ``.partN``."""
    pieces: dict[str, dict[int, bytes]] = {}
    for archive, pattern in pinned:
        members = opened(fetch(archive))
        if not (names := members.names(pattern)):
            raise UserError(f"{_title(archive)}: no file matches {pattern!r}")
        for member in names:
            name, number = SPLIT.findall(PurePosixPath(member).name)[0]
            found = pieces.setdefault(name, {})
            if (place := int(number or 1)) in found:
                raise UserError(f"{_title(archive)}: {member!r}: a file of this name is there")
            found[place] = members.read(member)
    for name, found in pieces.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            only = ", ".join(map(str, sorted(found)))
            raise UserError(f"{_title(pinned[0][0])}: {name}: a part is missing: {only}")
    return {name: b"".join(found[n] for n in sorted(found)) for name, found in pieces.items()}


def is_unpacked(folder: Path) -> bool:
    """Tell whether a folder holds the files that were unpacked into it, and no others."""
    _, digests = cache.read(Path(f"{folder}.entry")) or ({}, {"": ""})
    names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    whole = (files.is_intact(folder / name, digests[name]) for name in digests)
    return names == digests.keys() and all(whole)


def _problem(info: zipfile.ZipInfo) -> str | None:
    if files.leaves_folder(info.filename):
        return "the path leaves the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link"
    if info.flag_bits & 1:
        return "encrypted"
    if info.file_size > MAX_MEMBER_BYTES:
        return f"{info.file_size} bytes, more than {MAX_MEMBER_BYTES}"
    if info.file_size > 1_000_000 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"{info.file_size} bytes from {info.compress_size}: compressed too tightly"
    return None


def member(path: Path, pattern: str) -> bytes:
    """Return the bytes of the one member that matches a shell pattern."""
    members = opened(path)
    names = members.names(pattern)
    if len(names) != 1:
        raise UserError(f"{path.name}: {len(names)} files match {pattern!r}, one is needed")
    return members.read(names[0])


def _download_source(archive: Archive, folder: Path) -> Path:
    """Fetch the source archive of a version into a folder, and run none of its code.

    ``pip download`` would run its setup script to learn its dependencies. So pip only locates the
    file, with this machine's index and settings, and the file alone is fetched.
    """
    from pip._internal.commands import create_command

    # pip has no public API, and its command line cannot locate a file without building it.
    command: Any = create_command("download")
    settings = ["--no-binary", ":all:", "--no-input", "--retries", "2"]
    options, _ = command.parse_args([*settings, archive.name])
    title = f"{archive.name} {archive.version}"
    try:
        with command.main_context():
            session = command.get_default_session(options)
            finder = command._build_package_finder(options=options, session=session)
            for candidate in finder.find_all_candidates(archive.name):
                if str(candidate.version) == archive.version and not candidate.link.is_wheel:
                    return _save(session, candidate.link, folder)
            raise UserError(f"{title}: not fetched: the index has no source archive")
    except UserError:
        raise
    except Exception as error:  # pip, its network and its parsers each raise their own kinds
        cause = f"the package index cannot be reached: {reason(error)}"
        raise UserError(f"{title}: {cause}") from None


def _save(session: Any, link: Any, folder: Path) -> Path:
    """Stream a link's file to disk, up to ``MAX_MEMBER_BYTES``."""
    target, length = folder / "source.archive", 0
    response = session.get(link.url.split("#", 1)[0], stream=True)
    response.raise_for_status()
    with target.open("wb") as stream:
        for block in response.iter_content(BLOCK):
            length += len(block)
            if length > MAX_MEMBER_BYTES:
                raise UserError(f"{link.filename}: more than {MAX_MEMBER_BYTES:,} bytes")
            stream.write(block)
    return target
