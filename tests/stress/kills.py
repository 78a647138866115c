"""Kill a random process of a run with a random signal at a random moment, then run it again."""

import random
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from stress.checkout import Checkout
from stress.counts import Counts

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
IN_A_ROW = 6  # runs with kills before one is left alone, which must then finish
MOST = 3  # kills in a run
SOON = 2.0  # seconds at most between two kills of a run
REAL = 4  # of so many rounds one with the notebooks as they are, the others with stubs


@dataclass
class Whole:
    """A checkout with the seconds that a whole run takes, and what it makes."""

    checkout: Checkout
    seconds: float
    expected: dict[str, bytes]


def attack(folder: Path, seed: int, tries: int, stubs: bool = False) -> Counts:
    """Kill runs ``tries`` times; what a run left alone makes must equal what it made before."""
    counts, chance = Counts(name="kills"), random.Random(seed)
    stubbed = _made(folder / "stubs", stubs=True)
    real = stubbed if stubs else _made(folder / "real", stubs=False)
    number = rounds = 0
    while number < tries:
        rounds += 1
        known = stubbed if rounds % REAL else real
        checkout, expected = known.checkout, known.expected
        checkout.make("clean")
        for row in range(IN_A_ROW):
            began, running = time.monotonic(), checkout.start("tiny")
            killed, wait, most = list[str](), known.seconds, min(MOST, tries - number)
            while len(killed) < most and (name := _kill(checkout, running, chance, wait)):
                killed.append(name)
                wait = SOON
            if row == 0 and not killed:  # a whole run, maybe faster than the first one was
                known.seconds = time.monotonic() - began
            number += len(killed)
            attempt = f"kill {number} with seed {seed}: {', '.join(killed) or 'none'}"
            _judge(counts, checkout, attempt, len(killed), *checkout.finish(running))
            if number >= tries:
                break
        code, said = checkout.make("tiny")
        made = checkout.results()
        odd = {name for name, each in expected.items() if made.get(name) != each}
        if code or odd or checkout.litter():
            counts.worse += 1
            counts.examples.append(f"after {attempt}: {code} {odd} {checkout.litter()}\n{said}")
    return counts


def _made(folder: Path, stubs: bool) -> Whole:
    """Run a checkout once."""
    checkout, began = Checkout(folder, stubs=stubs), time.monotonic()
    code, said = checkout.make("tiny")
    assert code == 0, said
    return Whole(checkout, time.monotonic() - began, checkout.results())


def _kill(
    checkout: Checkout, running: "subprocess.Popen[str]", chance: random.Random, longest: float
) -> str:
    """Kill a process of a run after a while, and say how; empty if the run has ended."""
    with suppress(subprocess.TimeoutExpired):
        running.wait(chance.uniform(0, longest))
    victims, sent = checkout.processes(), chance.choice(SIGNALS)
    with suppress(psutil.Error, IndexError):
        victim = chance.choice(victims)
        name = " ".join(victim.cmdline()[-4:])
        victim.send_signal(sent)
        return f"{sent.name} to {name}"
    return ""


def _judge(
    counts: Counts, checkout: Checkout, attempt: str, kills: int, code: int | None, said: str
) -> None:
    """Count the kills of a run: one that says it succeeded must have made everything."""
    before = counts.bad
    if code and not kills:
        counts.add("worse", f"{attempt}: exit code {code}\n{said}")
    elif code == 0 and not (checkout.root / "build" / "tiny" / "leaderboard.json").is_file():
        counts.add("worse", f"{attempt}: exit code 0 with nothing made\n{said}")
    else:
        counts.answered(attempt, code, said, line="")
    if counts.bad == before:
        kind = "one_line" if code else "healed"
        counts.tried += kills - 1
        setattr(counts, kind, getattr(counts, kind) + kills - 1)
