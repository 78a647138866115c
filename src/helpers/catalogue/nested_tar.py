"""A tar archive inside another archive: read in memory, with limits, without links."""

import io
import tarfile

from helpers.core import files
from helpers.core.errors import UserError, closest, reason

MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 1024**3  # of all members together, unpacked


def read(content: bytes, name: str, where: str) -> bytes:
    """Return the bytes of one file of a (compressed) tar; ``where`` names the tar in errors.

    Refused are links, devices, paths that leave the tar, and too many or too large files.
    """
    names: list[str] = []
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as tar:
            for member in tar:
                total += member.size
                if len(names) > MAX_MEMBERS or total > MAX_TOTAL_BYTES:
                    raise UserError(f"{where}: unpacks to over {MAX_TOTAL_BYTES:,} bytes")
                if problem := _problem(member):
                    raise UserError(f"{where}: {member.name!r}: {problem}")
                names.append(member.name)
                if member.isreg() and member.name == name and (stream := tar.extractfile(member)):
                    return stream.read()
    except UserError:
        raise
    except Exception as error:  # each kind of compression raises its own kinds
        raise UserError(f"{where}: not a readable tar: {reason(error)}") from None
    raise UserError(f"{where}: no file {name!r}{closest(name, names)}")


def _problem(member: tarfile.TarInfo) -> str | None:
    if files.leaves_folder(member.name):
        return "the path leaves the archive"
    if member.issym() or member.islnk():
        return "a link"
    if not (member.isreg() or member.isdir()):
        return "neither a file nor a folder"
    return None
