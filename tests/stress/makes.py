"""Several makes at once, and build/ and reports/ in every state of decay."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from stress.checkout import Checkout
from stress.counts import Counts

STUDIES = ("tiny", "other")
JSON = ("[]", "{}", "5", "null", '"x"', "{", "", "[" * 100_000, '{"version": "1"}', "\x00\xff")
NAMES = (
    "a$(shell touch PWNED)",
    "a&{touch,PWNED}",
    "a;touch PWNED",
    "a`touch PWNED`",
    "a|touch PWNED",
    "a%b",
    "a:b",
    "a#b",
    "a b",
    "a'b",
    'a"b',
    "a=b",
    "-n",
    "a\nb",
    "..",
    "data.json",
    "ä$$b",
    "test",
    "clean",
    "all",
    "stages",
    "help",
)


def attack(folder: Path, seed: int, tries: int, stubs: bool = False) -> Counts:
    """Run two and eight makes at once, damage a file for each eighth try, then try odd names."""
    counts, chance = Counts(name="makes"), random.Random(seed)
    checkout = Checkout(folder / "makes", STUDIES, stubs)
    for goals in (STUDIES, ("tiny", "tiny"), tuple(chance.choices(STUDIES, k=8)))[
        : 3 if tries > 9 else 1
    ]:
        at_once(counts, checkout, goals)
    expected = checkout.results()
    for number in range(max(1, tries // 8)):
        done = damage(checkout.root, chance)
        attempt = f"damage {number} with seed {seed}: {done}"
        code, said = checkout.make("tiny", "other")
        counts.answered(attempt, code, said)
        if code == 0 and checkout.results() != expected:
            counts.add("worse", f"{attempt}: other results")
        if code:  # as its line says
            checkout.make("clean")
            checkout.make("tiny", "other")
    named(counts, checkout, NAMES if tries > 9 else chance.sample(NAMES, 3))
    return counts


def at_once(counts: Counts, checkout: Checkout, goals: tuple[str, ...]) -> None:
    """Start makes side by side from nothing: all succeed, each study is made, no stage twice."""
    checkout.make("clean")
    (checkout.root / "ran").unlink(missing_ok=True)
    running = [checkout.start(goal) for goal in goals]
    ended = [checkout.finish(each) for each in running]
    for goal, (code, said) in zip(goals, ended, strict=True):
        made = checkout.root / "build" / goal / "leaderboard.json"
        if code == 0 and not made.is_file():
            counts.add("worse", f"make {goal} of {goals} made nothing")
        else:
            counts.answered(f"make {goal} of {goals}", code, said)
    ran = checkout.root / "ran"  # what the stubs wrote
    if ran.is_file() and len(lines := ran.read_text().splitlines()) != len(set(lines)):
        counts.add("worse", f"make of {goals}: stages ran twice: {lines}")


def damage(root: Path, chance: random.Random) -> str:
    """Damage one file of build/ or reports/ in one way, and say which."""
    files = [
        file for part in ("build", "reports") for file in (root / part).rglob("*") if file.is_file()
    ]
    file, change = chance.choice(sorted(files)), chance.choice(WAYS)
    change(file, chance)
    return f"{change.__name__} {file.relative_to(root)}"


def truncate(file: Path, chance: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(len(content) + 1)])


def flip(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes() or b"\0")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def other_shape(file: Path, chance: random.Random) -> None:
    file.write_text(chance.choice(JSON), encoding="latin-1")


def remove(file: Path, chance: random.Random) -> None:
    file.unlink()


def folder_instead(file: Path, chance: random.Random) -> None:
    file.unlink()
    (file / "inside").mkdir(parents=True)


def remove_folder(file: Path, chance: random.Random) -> None:
    shutil.rmtree(file.parent)


WAYS: tuple[Callable[[Path, random.Random], None], ...] = (
    truncate,
    flip,
    other_shape,
    other_shape,
    remove,
    folder_instead,
    remove_folder,
)


def named(counts: Counts, checkout: Checkout, names: tuple[str, ...] | list[str]) -> None:
    """Give a study each odd name: nothing runs, a line names the file, others run beside it."""
    for name in names:
        file = checkout.root / "params" / f"{name}.yaml"
        shutil.copy(checkout.root / "params" / "tiny.yaml", file)
        for goals in (["-n", "tiny"], [], [name]):
            before = _states(checkout.root)
            code, said = checkout.make(*goals)
            if "-n" in goals and _states(checkout.root) != before:
                counts.add("worse", f"make {goals} with {name!r} wrote something")
            if (checkout.root / "PWNED").exists():
                counts.add("worse", f"make {goals} with {name!r} ran what a name says")
                (checkout.root / "PWNED").unlink()
            elif goals == [] and code == 0:
                counts.add("worse", f"make with {name!r} does not name the file")
            else:
                counts.answered(f"make {goals} with {name!r}", code, said, line="")
        file.unlink()


def _states(root: Path) -> dict[Path, tuple[int, int]]:
    return {each: (each.lstat().st_mtime_ns, each.lstat().st_size) for each in root.rglob("*")}
