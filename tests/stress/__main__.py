"""``make stress``: every attack on copies of the checkout, with one table of what came of them."""

import argparse
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import stress
from stress.counts import Counts


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
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(modules())}")
    options, total = parser.parse_args(), Counts()
    for name in options.modules or modules():
        with tempfile.TemporaryDirectory(prefix="evalbook-stress-") as folder:
            module = importlib.import_module(f"stress.{name}")
            found: Counts = module.attack(Path(folder), options.seed, options.tries)
        print(f"{name}: {found}", flush=True)
        for kind in vars(total):
            setattr(total, kind, getattr(total, kind) + getattr(found, kind))
    total.examples.clear()
    print(f"together, seed {options.seed}: {total}")
    return 1 if total.bad else 0


if __name__ == "__main__":
    sys.exit(main())
