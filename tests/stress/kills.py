"""Kill a random process of a run with a random signal at a random moment, then run it again."""

import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from stress.checkout import Checkout
from stress.counts import Counts

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
IN_A_ROW = 8  # kills before a run is left alone, which must then finish
REAL = 4  # of so many rounds one with the notebooks as they are, the others with stubs


def attack(folder: Path, seed: int, tries: int, stubs: bool = False) -> Counts:
    """Kill runs ``tries`` times; what a run left alone makes must equal what it made before."""
    counts, chance = Counts(), random.Random(seed)
    stubbed = _made(folder / "stubs", stubs=True)
    real = stubbed if stubs else _made(folder / "real", stubs=False)
    for number in range(tries):
        odd_one = (number // IN_A_ROW + 1) % REAL
        checkout, longest, expected = stubbed if odd_one else real
        if number % IN_A_ROW == 0:
            checkout.make("clean")
        what = _kill(checkout, chance, longest)
        attempt = f"kill {number} with seed {seed}: {what[0]}"
        _judge(counts, checkout, attempt, what)
        if number % IN_A_ROW == IN_A_ROW - 1 or number == tries - 1:
            code, said = checkout.make("tiny")
            odd = {k for k, v in expected.items() if checkout.results().get(k) != v}
            if code or odd or checkout.litter():
                counts.worse += 1
                counts.examples.append(f"after {attempt}: {code} {odd} {checkout.litter()}\n{said}")
    return counts


def _made(folder: Path, stubs: bool) -> tuple[Checkout, float, dict[str, bytes]]:
    """Run a checkout once: with the seconds it took, and what it made."""
    checkout, began = Checkout(folder, stubs=stubs), time.monotonic()
    code, said = checkout.make("tiny")
    assert code == 0, said
    return checkout, time.monotonic() - began, checkout.results()


def _kill(checkout: Checkout, chance: random.Random, longest: float) -> tuple[str, int | None, str]:
    running = checkout.start("tiny")
    time.sleep(chance.uniform(0, longest))
    victims, sent = checkout.processes(), chance.choice(SIGNALS)
    if not victims:
        return "ended before", *checkout.finish(running)
    victim = chance.choice(victims)
    with suppress(psutil.Error):
        name = " ".join(victim.cmdline()[-4:])
        victim.send_signal(sent)
        return f"{sent.name} to {name}", *checkout.finish(running)
    return "ended itself", *checkout.finish(running)


def _judge(
    counts: Counts, checkout: Checkout, attempt: str, what: tuple[str, int | None, str]
) -> None:
    """Count a kill: a run that says it succeeded must have made everything."""
    _, code, said = what
    if code == 0 and not (checkout.root / "build" / "tiny" / "leaderboard.json").is_file():
        counts.add("worse", f"{attempt}: exit code 0 with nothing made\n{said}")
    else:
        counts.answered(attempt, code, said, line="")
