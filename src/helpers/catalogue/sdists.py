"""A source archive of the package index, fetched without building it: none of its code is run.

`pip download` would run the archive's setup script to learn its dependencies. So pip only locates
the file, with this machine's index and settings, and the file alone is fetched.
"""

from pathlib import Path
from typing import Any

from helpers.catalogue.entries import Archive
from helpers.core.errors import UserError, reason

MAX_BYTES = 2 * 1024**3
BLOCK = 1 << 20


def download(archive: Archive, folder: Path) -> Path:
    """Fetch the source archive of a version into a folder."""
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
    """Stream a link's file to disk, up to ``MAX_BYTES``."""
    target, length = folder / "source.archive", 0
    response = session.get(link.url.split("#", 1)[0], stream=True)
    response.raise_for_status()
    with target.open("wb") as stream:
        for block in response.iter_content(BLOCK):
            length += len(block)
            if length > MAX_BYTES:
                raise UserError(f"{link.filename}: more than {MAX_BYTES:,} bytes")
            stream.write(block)
    return target
