"""What a lesson's notebook says of itself in its metadata, checked before anything runs."""

from helpers.config.names import problem
from helpers.core import notebook_file, paths
from helpers.core.errors import UserError, check_known
from helpers.core.records.lesson import LESSONS
from helpers.core.schema import Section, check


class LessonFile(Section):
    """A lesson: its place among the others, the claim that is its one number, what to expect."""

    AUTOMATIC = ("name", "file", "title", "defaults")

    name: str
    file: str
    title: str
    defaults: str  # the cell of parameters, which make leaves as it is
    order: int
    number: str
    expect: dict[str, tuple[float, float]]
    uses: tuple[str, ...] = ()  # studies whose data and models it shares
    fast: bool = False  # runs in `make test`


def names() -> list[str]:
    """List the lessons in notebooks/lessons/."""
    files_of_lessons = (paths.notebooks() / LESSONS).glob("*.ipynb")
    return sorted(file.stem for file in files_of_lessons if not problem(file.stem))


def ordered() -> list[LessonFile]:
    """Return all lessons in the order of the course."""
    return sorted(map(load, names()), key=lambda lesson: (lesson.order, lesson.name))


def load(name: str) -> LessonFile:
    """Read and check what a lesson says of itself; an error is one line that names the key."""
    check_known("lesson", name, names(), f"notebooks/{LESSONS}/")
    file = paths.notebooks() / LESSONS / f"{name}.ipynb"
    content, where = notebook_file.read(file), f"{paths.shown(file)}: metadata.evalbook"
    cells = [("".join(cell["source"]), cell["metadata"]) for cell in content["cells"]]
    known = {"name": name, "file": paths.shown(file)}
    known["title"] = cells[0][0].partition("\n")[0].removeprefix("# ") if cells else ""
    known["defaults"] = "\n".join(
        source for source, metadata in cells if "parameters" in metadata.get("tags", [])
    )
    lesson = check(LessonFile, content["metadata"].get("evalbook", {}) | known, where)
    if lesson.number not in lesson.expect:
        raise UserError(f"{where}: number: {lesson.number!r} is none of `expect`")
    return lesson
