"""What became of attacks: one clear line, healed, or a bad end."""

import importlib
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

GOOD, BAD = ("one_line", "healed"), ("tracebacks", "hangs", "worse")
SOME = 100  # attacks after which a line says how far they are
TRACEBACK = "Traceback (most recent call last)"


@dataclass
class Counts:
    """Counts of attacks by what became of them; ``worse`` is a wrong result, or a command run."""

    tried: int = 0
    one_line: int = 0
    healed: int = 0
    tracebacks: int = 0
    hangs: int = 0
    worse: int = 0
    examples: list[str] = field(default_factory=list)
    name: str = ""

    def add(self, kind: str, attack: str) -> None:
        """Count an attack, and remember what was done if its end is bad."""
        self.tried += 1
        setattr(self, kind, getattr(self, kind) + 1)
        if kind in BAD:
            self.examples.append(f"{kind}: {attack}")
            print(self.examples[-1], file=sys.stderr, flush=True)  # a long run may be interrupted
        elif self.tried % SOME == 0:
            print(f"  {self.name}: {self.line()}", file=sys.stderr, flush=True)

    def answered(self, attack: str, code: int | None, said: str, line: str = "evalbook: ") -> None:
        """Count by a command's exit code and output: None is a command that did not end."""
        if code is None:
            self.add("hangs", attack)
        elif shows_traceback(said):
            self.add("tracebacks", f"{attack}\n{said[-2000:]}")
        elif code and line not in said:
            self.add("worse", f"{attack}: exit code {code} without a line\n{said[-2000:]}")
        else:
            self.add("one_line" if code else "healed", attack)

    def __add__(self, other: "Counts") -> "Counts":
        """Add up, examples too."""
        return Counts(*(getattr(self, k) + getattr(other, k) for k in vars(self) if k != "name"))

    @property
    def bad(self) -> int:
        """How many attacks ended badly."""
        return sum(getattr(self, kind) for kind in BAD)

    def __str__(self) -> str:
        """Write the counts on a line, and what ended badly below."""
        return "\n".join([self.line(), *self.examples])

    def line(self) -> str:
        """Write the counts on a line."""
        names = ("tried", *GOOD, *BAD)
        return ", ".join(f"{getattr(self, name)} {name.replace('_', ' ')}" for name in names)


def attacked(name: str, seed: int, tries: int) -> Counts:
    """Attack with one module, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="evalbook-stress-") as folder:
        found: Counts = importlib.import_module(f"stress.{name}").attack(Path(folder), seed, tries)
        return found


def shows_traceback(said: str) -> bool:
    """Tell whether a command shows a traceback, other than of Ctrl-C while Python itself starts."""
    parts = said.split(TRACEBACK)[1:]
    return any("KeyboardInterrupt" not in part for part in parts)
