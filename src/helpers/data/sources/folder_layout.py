"""Which folders of a data set are classes, which are splits, and which are neither."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from os.path import commonprefix
from typing import Any, NamedTuple

from helpers.core.errors import UserError
from helpers.core.formatting import names as listed
from helpers.data import split_names, tasks
from helpers.data.items import Found

LEFTOVERS = (  # what programs make, besides names with a leading dot
    "@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "recycler", "lost+found",
    "system volume information", "network trash folder", "temporary items", "__macosx",
    "__pycache__", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r",
)  # fmt: skip
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp")
CURE = "rename or move folders, or list the items in a table with columns path, label and split"
Path = tuple[str, ...]  # the names of folders, from the top


class _Place(NamedTuple):
    """A folder's split, that of its name or of one above it, and the folders around the split."""

    split: str = ""
    kind: str = ""
    before: Path = ()
    after: Path = ()

    @property
    def rest(self) -> Path:
        return self.before + self.after


def lay_out(
    names: Sequence[str], folders: Iterable[str], task: str, where: str
) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Label files by folder, below or above the folders of splits, and below a wrapper of all.

    ``names`` and ``folders`` are relative paths. Returns the rows of the items, and what else is
    known of them, as fields of ``Items``. Raises UserError where it is not plain whether a folder
    is a class or a split.
    """
    suffixes, many = tasks.of(task).SUFFIXES, tasks.of(task).MANY
    left = {name: found for name in names if (found := leftover(name))}
    parents = {name: tuple(name.split("/")[:-1]) for name in names if name not in left}
    tree = {tuple(name.split("/")) for name in folders if not leftover(name)}
    tree |= {path[:size] for path in {*parents.values()} for size in range(1, len(path) + 1)}
    places = _places(tree, where)
    items = {n: path for n, path in parents.items() if path and n.lower().endswith(suffixes)}
    held = {path: places[path] for path in {*items.values()}}
    if problem := _problem(held):
        raise UserError(f"{where}: {problem}: {CURE}")
    by_split = any(each.kind for each in held.values())
    above = len({each.before for each in held.values() if each.kind}) > 1
    if by_split and not above:  # what the splits themselves lie in is no class
        places = {path: each._replace(before=()) for path, each in places.items()}
    top = _wrapper([places[path].rest for path in held if places[path].kind or not by_split])
    rows, aside = [], []
    for name, path in items.items():
        place = places[path]
        if by_split and not (place.kind and place.rest[len(top) :]):
            aside.append(name)
            continue
        row = {"id": name, "label": place.rest[len(top)], "path": name}
        rows.append(row | ({"split": place.kind} if by_split else {}))
    classes = {
        each.rest[-1]
        for each in places.values()
        if each.rest and each.rest[:-1] == top and (each.kind or above or not by_split)
    }
    programs = [name for name in left if name.lower().endswith((*suffixes, *UNFINISHED))]
    noticed = {
        "D207": _tally(aside, ["/".join(items[name]) for name in aside]),
        "D208": _tally(programs, [left[name] for name in programs]),
        "D217": _two_readings(
            {row["id"]: places[items[row["id"]]].rest[len(top) :] for row in rows}
        ),
    }
    counts = Counter({(each.split, each.kind): 0 for each in places.values() if each.kind})
    counts.update((places[items[row["id"]]].split, row["split"]) for row in rows if by_split)
    return rows, {
        "unmatched": tuple(name for name in parents if name not in items),
        "declared": tuple(sorted(classes)),
        "notes": _notes(places, counts, top, many),
        "noticed": {code: found for code, found in noticed.items() if found},
    }


def leftover(name: str) -> str:
    """Return which part of a path other programs made; empty if none."""
    *above, last = name.split("/")
    for part in (*above, last):
        if part.startswith((".", "~$")) or part.casefold() in LEFTOVERS:
            return "._*" if part.startswith("._") else part
    return next((f"*{end}" for end in UNFINISHED if last.lower().endswith(end)), "")


def _places(tree: set[Path], where: str) -> dict[Path, _Place]:
    """Find the folders of splits: siblings of two kinds, or all folders of a level."""
    children, levels = defaultdict[Path, set[str]](set), defaultdict[int, set[str]](set)
    for path in tree:
        children[path[:-1]].add(path[-1])
        levels[len(path)].add(path[-1])
    named = {level: split_names.kinds(each) for level, each in levels.items()}
    several = {
        level for level, each in levels.items() if _several(each) and each == {*named[level]}
    }
    for path, each in list(children.items()):
        spoken = split_names.spoken_of(each)
        below = [children.get((*path, name), set()) for name in spoken]
        alike = len({*spoken.values()}) > 1 and bool(set.intersection(*below))
        if alike:  # splits of the same classes, whatever else their names say
            named[len(path) + 1] |= spoken
        if alike or _several(each):
            several.add(len(path) + 1)
    marks: dict[Path, str] = {}
    for path in sorted(tree, key=len):
        kind = named[len(path)].get(path[-1]) if len(path) in several else None
        above = marks.get(path[:-1])
        if above and not kind and len(children[path[:-1]]) == 1:  # train/train, test/test_images
            own = split_names.kinds({path[-1], *levels[len(path) - 1]}).get(path[-1])
            kind = above if own == above else None
        if kind:
            marks[path] = kind
    ours = split_names.translate({path[-1]: kind for path, kind in marks.items()})
    places = {}
    for path in tree:
        at = [end for end in range(len(path)) if path[: end + 1] in marks]
        if len({ours[path[end]] for end in at}) > 1:
            raise UserError(f"{where}: {'/'.join(path)}/ lies in two splits: {CURE}")
        after = tuple(path[end] for end in range(at[0], len(path)) if end not in at) if at else ()
        split = path[at[0]] if at else ""
        before = path[: at[0]] if at else path
        places[path] = _Place(split, ours.get(split, ""), before, after)
    return places


def _several(names: Iterable[str]) -> bool:
    return len({*split_names.kinds(names).values()}) > 1


def _problem(held: Mapping[Path, _Place]) -> str:
    """Say why folders that hold items are neither plainly classes nor plainly splits."""
    within = [each for each in held.values() if each.kind]
    if not within:
        return _lone_split({*held})
    found = listed(sorted({f"{each.split}/" for each in within}), 4)
    words = {(split_names.read(each.split)[1], each.kind) for each in within}
    shared = Counter(other for other, _ in words if other)
    if sum(count > 1 for count in shared.values()) > 1:  # cats_train, cats_test, dogs_train, ...
        return f"{found} name splits and something else, as classes perhaps"
    if not any(each.rest for each in within):
        return f"{found} look like splits, but hold no folder for each class"
    after, above = {each.after[:1] for each in within}, {each.before for each in within}
    if len(above) > 1 and len(after) > 1:
        return f"folders above {found} and folders in them: which are the classes?"
    tops, inside = defaultdict[str, set[Path]](set), defaultdict[str, set[Path]](set)
    for each in within:
        tops[each.split].add(each.after[:1])
        inside[each.split].add(each.after[1:2])
    for split, [only, *more] in sorted((split, [*mine]) for split, mine in tops.items()):
        if only and not more and any(only in inside[o] and only not in tops[o] for o in tops):
            return f"{split}/ holds {only[0]}/ alone, which lies within classes in other splits"
    without = sorted("/".join(path) for path, each in held.items() if not each.kind)
    if without and (len(above) > 1 or after == {()}):
        return f"{without[0]}/ has no split, as other folders have: {found}"
    return ""


def _lone_split(paths: set[Path]) -> str:
    """Say that one folder is named as a split and holds folders, and others are not alike."""
    tops = {path[0] for path in paths}
    named = split_names.kinds(tops)
    below = {top: {path[1] for path in paths if path[0] == top and path[1:]} for top in tops}
    for top in sorted(named):
        for other in sorted(tops - {top}):
            alike = below[top] & below[other] or split_names.kinds(below[other])
            if (top,) not in paths and len(below[top]) > 1 and ((other,) in paths or alike):
                return (
                    f"is {top}/ a split or a class? It holds folders, and {other}/ lies beside it"
                )
    return ""


def _wrapper(rests: Sequence[Path]) -> Path:
    """Return the folders that all others lie in: those of an unpacked archive."""
    deepest = min(map(len, rests), default=1) - 1
    return tuple(commonprefix([rest[: max(0, deepest)] for rest in rests]))


def _tally(names: list[str], of: list[str]) -> Found | None:
    counts = Counter(of).most_common()
    told = [f"{name} ({count:,})" for name, count in counts]
    return Found(len(names), listed(told, 6), names) if names else None


def _two_readings(rests: Mapping[str, Path]) -> Found | None:
    """Warn where every class holds its items in the same folders: fold1/cat, fold2/cat, ..."""
    inside = defaultdict[str, set[Path]](set)
    for top, *below in rests.values():
        inside[top].add(tuple(below[:1]))
    first = next(iter(inside.values()), set())
    if len(inside) < 2 or len(first) < 2 or () in first or any(s != first for s in inside.values()):
        return None
    tops, names = listed(sorted(inside), 4), listed(sorted(name for (name,) in first), 4)
    detail = f"{tops} are read as the classes; each holds {names}"
    consequence = (
        f"The classes are the folders {tops}; if {names}, which each of them holds, are meant, "
        "rename the folders to train/ and test/, or list the items in a table with columns path, "
        "label and group."
    )
    return Found(len(rests), detail, [*rests], consequence)


def _notes(
    places: Mapping[Path, _Place], counts: Mapping[tuple[str, str], int], top: Path, many: str
) -> tuple[str, ...]:
    """Say which folders became which split, and how far down the classes lie."""
    notes = []
    if counts:
        notes.append(split_names.note(counts))
    elif split_names.kinds(top):
        notes.append(f"all {many} lie in {'/'.join(top)}/, so that the split is drawn here")
    inside = defaultdict[str, set[str]](set)
    for rest in {each.rest[len(top) :] for each in places.values() if each.rest[: len(top)] == top}:
        if len(rest) > 1:
            inside[rest[0]].add(rest[1])
    if inside:
        shared = sorted(set.intersection(*inside.values())) if len(inside) > 1 else []
        told = f"folders inside {listed(sorted(inside), 4)} are not taken for classes"
        notes.append(told + (f" ({listed(shared, 4)} in each)" if shared else ""))
    return tuple(notes)
