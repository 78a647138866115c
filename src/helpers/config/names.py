"""Names, which become folders and words of make: checked before make or a shell reads them."""

import re

from helpers.core import paths
from helpers.core.records.lesson import LESSONS

ACROSS = "across"  # takes the place of a study's name where several studies are compared
LONGEST = 100  # characters; a file system takes 255 bytes
ENDINGS = ("csv", "html", "ipynb", "json", "lock", "md", "npz", "parquet", "partial", "png", "yaml")


def problem(name: str) -> str:
    """Say why make cannot take a name; empty if it can."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        return "only letters, digits, dots, dashes and underscores are allowed in a name"
    if len(name.encode()) > LONGEST:
        return f"a name has at most {LONGEST} bytes"
    if name.rpartition(".")[2] in ENDINGS or name == "shift":
        return f"the name {name} is that of a file or folder that is written beside it"
    return ""


def problem_of_study(name: str) -> str:
    """Say why a study cannot have a name; empty if it can."""
    lessons = [file.stem for file in (paths.notebooks() / LESSONS).glob("*.ipynb")]
    if name in (ACROSS, LESSONS, *lessons):
        return f"the name {name} is that of all studies or of a lesson"
    makefile = paths.root() / "Makefile"
    lines = makefile.read_text(encoding="utf-8").splitlines() if makefile.is_file() else []
    targets = [target for line in lines if line.startswith("TARGETS :=") for target in line.split()]
    return f"the name {name} is that of a target of make" if name in targets else problem(name)
