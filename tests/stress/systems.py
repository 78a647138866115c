"""Odd systems: clocks that jump, locks that lie, full disks, other users, files that change."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stress.checkout import STUDY, Checkout
from stress.counts import Counts

JUMPS = "import random, time\nreal = time.time\n"
JUMPS += "time.time = lambda: real() + random.choice([-1e8, -3600, 0, 3600, 1e8])\n"
LIES = "import fcntl\nfcntl.flock = lambda *_: None\n"
NONE = "import errno, fcntl, os\ndef refuse(*_):\n    raise OSError(errno.ENOLCK, 'No locks')\n"
NONE += "fcntl.flock = refuse\n"
OTHER = STUDY.replace("limit: 120", "limit: 90")
PIXELS = STUDY.replace("majority", "pixels")  # which keeps its fit in the cache
CGROUPS, BYTES = Path("/sys/fs/cgroup/memory"), 4 * 10**9
NOBODY, SIZES = 65534, (0, 4, 16, 40, 64, 100, 160, 250)  # kilobytes of a disk


class NotTried(Exception):
    """This machine cannot be made so odd, which was said."""


def attack(folder: Path, seed: int, tries: int, stubs: bool = False) -> Counts:
    """Run the tiny study on each odd system, ``tries`` / 100 times where chance has a part."""
    counts, chance, many = Counts(name="systems"), random.Random(seed), max(1, tries // 100)
    for number, (kinds, stub) in enumerate([(STUBBED, True), (REAL, stubs)]):
        plain = Checkout(folder / f"plain-{number}", stubs=stub)
        code, said = plain.make("tiny")
        assert code == 0, said
        for odd in kinds:
            checkout = Checkout(folder / odd.__name__, stubs=stub)
            with suppress(NotTried):
                odd(counts, checkout, plain.results(), chance, many)
    return counts


Expected = dict[str, bytes]


def _clock(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Let the clock jump between any two looks at it, and files be of any year."""
    odd = checkout.root / "src" / "sitecustomize.py"
    for _ in range(many):
        checkout.make("clean")
        odd.write_text(JUMPS)
        code, said = checkout.make("tiny")  # Jupyter may take a kernel for one that does not start
        counts.answered("a clock that jumps", code, said, line="")
        odd.unlink()
        for file in filter(Path.is_file, checkout.root.rglob("*")):
            os.utime(file, (chance.uniform(0, 4e9),) * 2)
        _healed(counts, checkout, "after it, files of any year", expected)
        code, said = checkout.make("tiny")
        if code or "4 stages up to date" not in said:
            counts.add("worse", f"after a clock that jumps stages run again\n{said}")


def _locks(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Let every lock be granted at once, as some shared folders do, and then none."""
    (checkout.root / "src" / "sitecustomize.py").write_text(LIES)
    for _ in range(many):
        checkout.make("clean")
        running = []
        for _ in range(2):
            running.append(checkout.start("tiny"))
            time.sleep(chance.uniform(0, 3))
        for code, said in [checkout.finish(each) for each in running]:
            counts.answered("two makes without a lock", code, said, line="")
        _healed(counts, checkout, "locks that lie", expected)
    (checkout.root / "src" / "sitecustomize.py").write_text(NONE)
    (checkout.root / "params" / "tiny.yaml").write_text(OTHER)
    code, said = checkout.make("tiny")
    counts.answered("no locks", code, said)
    if code == 0:
        counts.add("worse", "without locks make went on")


def _line_ends(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Write what is read as text with the line ends of Windows."""
    for file in (checkout.root / "params").rglob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    _healed(counts, checkout, "line ends of Windows", expected)


def _disks(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Fill each disk up, or let it be read-only, and then give it room."""
    (checkout.root / "params" / "tiny.yaml").write_text(PIXELS)
    cache = checkout.root / "own-cache"
    checkout.environment["EVALBOOK_CACHE"] = str(cache)
    code, said = checkout.make("tiny")
    counts.answered("a disk with room", code, said)
    made = checkout.results()
    for folder in (checkout.root / "build", checkout.root / "reports", cache, checkout.temporary):
        for size in (*chance.sample(SIZES, min(many, len(SIZES))), None):
            checkout.make("clean")
            shutil.rmtree(cache, ignore_errors=True)
            folder.mkdir(exist_ok=True)
            what = f"{folder.name} of {size} KB" if size is not None else f"{folder.name} read-only"
            with _disk(folder, size):
                code, said = checkout.make("tiny")
                counts.answered(what, code, said)
                if checkout.litter():
                    counts.add("worse", f"{what}: left {checkout.litter()}")
                if code == 0 and checkout.results() != made:
                    counts.add("worse", f"{what}: exit code 0 and other results\n{said}")
        _healed(counts, checkout, f"room again in {folder.name}", made)


@contextmanager
def _disk(folder: Path, size: int | None) -> Iterator[None]:
    """Mount a small disk, or a read-only one."""
    options = "ro" if size is None else f"size={max(1, size)}k,nr_inodes={2 if not size else 2000}"
    command = ["mount", "-t", "tmpfs", "-o", f"{options},mode=777", "none", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        print("full disks: not tried: only root can mount one", flush=True)
        raise NotTried
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _nobody(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Run as a user without a home, first in a folder of others."""
    try:
        subprocess.run([sys.executable, "-c", "import ssl"], user=NOBODY, check=True)
    except (OSError, subprocess.SubprocessError):
        print("another user: not tried: needs root, and a Python for all", flush=True)
        return
    for folder in (checkout.root, *checkout.root.parents):
        with suppress(OSError):
            folder.chmod(folder.stat().st_mode | 0o755)
    checkout.temporary.chmod(0o777)
    checkout.user = NOBODY
    checkout.environment |= {"HOME": "/nonexistent", "USER": "nobody"}
    checkout.environment["EVALBOOK_CACHE"] = str(checkout.root / "own-cache")
    code, said = checkout.make("tiny")
    counts.answered("nobody in a folder of root", code, said)
    if code == 0:
        counts.add("worse", "nobody wrote into a folder of root")
    for path in (checkout.root, *checkout.root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    _healed(counts, checkout, "nobody", expected)


def _memory(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Run within four gigabytes."""
    group = CGROUPS / f"evalbook-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(BYTES))
    except OSError:
        print("4 GB of memory: not tried: no group of control can be made", flush=True)
        return
    try:
        checkout.group = group / "cgroup.procs"
        _healed(counts, checkout, "4 GB of memory", expected)
    finally:
        checkout.end()
        with suppress(OSError):
            group.rmdir()


def _changed(
    counts: Counts, checkout: Checkout, expected: Expected, chance: random.Random, many: int
) -> None:
    """Change the study while it runs, and back: what is made then is of the study as it is."""
    file = checkout.root / "params" / "tiny.yaml"
    began = time.monotonic()
    file.write_text(OTHER)
    code, said = checkout.make("tiny")
    longest, other = time.monotonic() - began, checkout.results()
    if code or (other == expected and not checkout.stubs):
        counts.add("worse", f"another study: {code}\n{said}")
    for number in range(many):
        checkout.make("clean")
        now, then = ((STUDY, OTHER), (OTHER, STUDY))[number % 2]
        file.write_text(now)
        running = checkout.start("tiny")
        time.sleep(chance.uniform(0, longest))
        file.write_text(then)
        code, said = checkout.finish(running)
        counts.answered("a study that changes", code, said, line="")
        _healed(counts, checkout, "after it", expected if then == STUDY else other)


def _healed(counts: Counts, checkout: Checkout, what: str, expected: Expected) -> None:
    """Run the study, which must succeed and make what it does anywhere."""
    code, said = checkout.make("tiny")
    if code or (made := checkout.results()) != expected or checkout.litter():
        odd = "" if code else {k for k in made.keys() | expected if made.get(k) != expected.get(k)}
        kind = "hangs" if code is None else "worse"
        counts.add(kind, f"{what}: {code} {odd} {checkout.litter()}\n{said[-2000:]}")
    else:
        counts.answered(what, code, said)


STUBBED = (_clock, _locks, _disks)  # what matters is the pipeline, not what notebooks compute
REAL = (_line_ends, _nobody, _memory, _changed)
