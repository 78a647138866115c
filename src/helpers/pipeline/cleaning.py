"""``make clean``: what runs made is removed, but not from under a run. Little is imported here."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from helpers.core import files, paths
from helpers.core.errors import UserError

LOCK = ".running"  # in build/: runs share it, and cleaning takes it alone


@contextmanager
def kept() -> Iterator[None]:
    """Keep what is built from being cleaned away until the block ends, and all that it forked."""
    lock = paths.build() / LOCK
    with files.lock(lock, shared=True):
        lock.write_text(str(os.getpid()), encoding="utf-8")
        yield


def clean() -> None:
    """Remove build/ and what was rendered; raises UserError while a run goes on."""
    lock, rendered = paths.build() / LOCK, paths.reports().glob("*")
    here = [each for each in rendered if each.name != "README.md" and each.suffix != ".png"]
    try:
        with files.lock(lock, wait=False) if paths.build().is_dir() else nullcontext():
            for path in (*here, paths.build()):
                folder = path.is_dir() and not path.is_symlink()
                shutil.rmtree(path) if folder else path.unlink(missing_ok=True)
    except BlockingIOError:
        run = f"a run goes on here, of process {lock.read_text(encoding='utf-8')}"
        raise UserError(f"{run}: wait for it or interrupt it, then clean") from None
