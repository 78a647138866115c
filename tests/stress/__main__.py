"""``make stress``: every attack on copies of the checkout, with one table of what came of them."""

import argparse
import multiprocessing
import os
import pkgutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import stress
from stress.counts import Counts, attacked

CHUNKS = 4  # of kills, side by side with the other attacks


def modules() -> list[str]:
    """List the modules here that attack something."""
    names = sorted(each.name for each in pkgutil.iter_modules(stress.__path__))
    others = ("__main__", "checkout", "counts")
    return [name for name in names if name not in others and not name.startswith("test_")]


def main() -> int:
    """Attack with every module, or those named; exit code 1 if anything ended badly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tries", type=int, default=200, help="kills; the other attacks likewise")
    parser.add_argument("--jobs", type=int, default=4 * (os.cpu_count() or 1), help="side by side")
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(modules())}")
    options, total, began = parser.parse_args(), Counts(), time.monotonic()
    names, chunks = options.modules or modules(), CHUNKS if options.tries >= 10 * CHUNKS else 1
    spawn = multiprocessing.get_context("spawn")  # a copy of threads would wait for ever
    with ProcessPoolExecutor(options.jobs, spawn) as pool:
        seeds = {name: range(chunks if name == "kills" else 1) for name in names}
        running = {
            name: [
                pool.submit(
                    attacked, name, options.seed + 1000 * k, options.tries // len(seeds[name])
                )
                for k in seeds[name]
            ]
            for name in sorted(names, key=lambda name: name != "kills")
        }
        for name, each in running.items():
            found = sum((future.result() for future in each), Counts())
            print(f"{name}: {found}", flush=True)
            total += found
    total.examples.clear()
    minutes = (time.monotonic() - began) / 60
    print(f"together, seed {options.seed}, {minutes:.0f} minutes: {total}")
    return 1 if total.bad else 0


if __name__ == "__main__":
    sys.exit(main())
