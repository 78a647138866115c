"""What a detector's classes are called: as a file says, or COCO's 80 (Lin et al., 2014)."""

from collections.abc import Iterable, Sequence

from helpers.core import paths
from helpers.core.errors import UserError

_LISTED = """person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light,
    fire hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant,
    bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard,
    sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle,
    wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot,
    hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv, laptop,
    mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock,
    vase, scissors, teddy bear, hair drier, toothbrush"""
COCO = tuple(" ".join(name.split()) for name in _LISTED.split(","))
_NO_CLASS = (0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83)  # ids from 0 to 90 that name none
_rest = iter(COCO)
BY_ID = tuple(f"no class {id_}" if id_ in _NO_CLASS else next(_rest) for id_ in range(91))


def of_file(file: str | None, where: str) -> tuple[str, ...] | None:
    """Read the names of classes, one a line; None without a file."""
    if file is None:
        return None
    try:
        lines = (paths.root() / file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{where}: names: {file}: no such text file") from None
    names = tuple(filter(None, map(str.strip, lines)))
    if not names or len(set(names)) < len(names):
        raise UserError(f"{where}: names: {file}: different names are needed, one a line")
    return names


def fitting(
    names: Sequence[str] | None, counts: Iterable[int], known: Iterable[tuple[str, ...]], where: str
) -> tuple[int, tuple[str, ...]]:
    """Return which of some possible numbers of classes has names, and these; raises UserError.

    Without ``names`` the number must be that of one of the ``known`` lists.
    """
    counts = list(counts)
    lists = [tuple(names)] if names is not None else list(known)
    fit = [(place, each) for place, n in enumerate(counts) for each in lists if len(each) == n]
    if len(fit) == 1:
        return fit[0]
    said = f"its output has {' or '.join(map(str, dict.fromkeys(counts)))} classes"
    if fit:
        raise UserError(f"{where}: ambiguous: {said}, by how it is read")
    if names is not None:
        raise UserError(f"{where}: {said}, and `names` has {len(names)}")
    raise UserError(f"{where}: {said}: give `names`, a file with their names, one a line")
