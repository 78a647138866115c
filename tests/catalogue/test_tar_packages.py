"""Packages of Debian: what is pinned is fetched and read in place, and hostile ones are refused."""

import gzip
import lzma
import stat
import tarfile

import pytest
from factories.deb_package import package, tarred

from helpers.catalogue import apt, tar_packages
from helpers.catalogue.entries import Package
from helpers.core.errors import Unreachable, UserError


@pytest.mark.parametrize(
    ("name", "compress"),
    [("data.tar.xz", lzma.compress), ("data.tar.gz", gzip.compress), ("data.tar", bytes)],
)
def test_members_are_listed_and_read_in_place(tmp_path, name, compress):
    content = {
        "./usr/share/a.wav": b"sound",
        "./usr/doc/b.txt.gz": gzip.compress(b"\xef\xbb\xbfh\xc3\xa9"),
    }
    members = tar_packages.TarMembers(package(tmp_path, tarred(content, compress), name))
    assert members.names() == ["usr/doc/b.txt.gz", "usr/share/a.wav"]
    assert members.names("*.wav") == ["usr/share/a.wav"]
    assert members.read("usr/share/a.wav") == b"sound"
    assert members.text("usr/doc/b.txt.gz") == "hé"
    with pytest.raises(UserError, match="no file 'usr/share/b.wav'; did you mean"):
        members.read("usr/share/b.wav")


def test_a_tar_unpacked_before_is_used_again_unless_it_was_changed(tmp_path):
    path = package(tmp_path, tarred({"a": b"one"}))
    assert tar_packages.TarMembers(path).read("a") == b"one"
    plain = path.with_suffix(".tar")
    before = plain.stat().st_mtime_ns
    assert tar_packages.TarMembers(path).read("a") == b"one" and plain.stat().st_mtime_ns == before
    plain.write_bytes(b"half a file")
    assert tar_packages.TarMembers(path).read("a") == b"one"


def link(target, kind):
    info = tarfile.TarInfo("./link")
    info.type, info.linkname = kind, target
    return info


def device():
    info = tarfile.TarInfo("./device")
    info.type, info.mode = tarfile.CHRTYPE, stat.S_IFCHR
    return info


@pytest.mark.parametrize(
    "special", [link("/etc/passwd", tarfile.SYMTYPE), link("./a", tarfile.LNKTYPE), device()]
)
def test_links_and_devices_are_left_out(tmp_path, special):
    members = tar_packages.TarMembers(
        package(tmp_path, tarred({"a": b"one", special.name: special}))
    )
    assert members.names() == ["a"]


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda path: package(path, tarred({"../../escaped": b"x"})), "leaves the package"),
        (lambda path: package(path, tarred({"/etc/absolute": b"x"})), "leaves the package"),
        (lambda path: package(path, tarred({"a": b"x" * 9_000})[:-40]), "damaged"),
        (lambda path: package(path, b"", "data.tar"), "damaged: nothing inside"),
        (lambda path: package(path, b"zstd", "data.tar.zst"), "xz, gz or plain needed"),
        (lambda path: package(path, b"", "other"), "no data.tar inside"),
        (lambda path: written(path, b"PK\x03\x04"), "not a Debian package"),
        (lambda path: written(path, tar_packages.MAGIC + b"x" * 60), "no header of a member"),
    ],
)
def test_what_is_no_honest_package_gets_one_line(tmp_path, build, reason):
    with pytest.raises(UserError, match=reason) as caught:
        tar_packages.TarMembers(build(tmp_path))
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.glob("*.partial")) and not list(tmp_path.parent.glob("escaped"))


def written(folder, content):
    (folder / "odd_1_all.deb").write_bytes(content)
    return folder / "odd_1_all.deb"


def test_a_package_that_unpacks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(tar_packages, "MAX_BYTES", 1_000_000)
    with pytest.raises(UserError, match="more than 1,000,000 bytes"):
        tar_packages.TarMembers(package(tmp_path, tarred({"zeros": b"\0" * 30_000_000})))


PINNED = Package(name="made", version="1", sha256="0" * 64, size_mb=1)


@pytest.fixture
def fake_apt(repository, tmp_path, monkeypatch):
    """Put a program of our own in apt-get's place; it is a script that the test writes."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(script):
        (folder / "apt-get").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "apt-get").chmod(0o755)

    return write


@pytest.mark.parametrize(
    ("script", "kind", "reason"),
    [
        ("echo 'E: Unable to locate package made' >&2; exit 100", Unreachable, "cannot be reached"),
        (
            "echo \"E: Version '1' for 'made' was not found\" >&2; exit 100",
            UserError,
            "another version",
        ),
        (
            "echo 'Err: Temporary failure resolving http://deb.example.org' >&2; exit 100",
            Unreachable,
            "Temporary failure resolving the index",
        ),
        ("echo other > made_1_all.deb", UserError, "not the pinned file"),
        ("exit 0", Unreachable, "apt gave no reason"),
    ],
)
def test_what_apt_says_becomes_one_line(fake_apt, script, kind, reason):
    fake_apt(script)
    with pytest.raises(kind, match=reason) as caught:
        apt.fetch(PINNED)
    assert type(caught.value) is kind and "\n" not in str(caught.value)
    assert "example.org" not in str(caught.value)


def test_without_apt_the_packages_are_out_of_reach(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unreachable, match="apt-get"):
        apt.fetch(PINNED)


def test_a_fetched_package_is_kept_and_a_damaged_one_is_fetched_again(fake_apt, repository):
    from helpers.core import files

    fake_apt("echo fetched >> ../../../fetches; printf honest > made_1_all.deb")
    (repository / "honest").write_bytes(b"honest")
    pinned = PINNED.model_copy(update={"sha256": files.sha256(repository / "honest")})
    path = apt.fetch(pinned)
    assert path.read_bytes() == b"honest" and apt.fetch(pinned) == path
    path.write_bytes(b"damaged")
    assert apt.fetch(pinned).read_bytes() == b"honest"
    assert (repository / "fetches").read_text().count("fetched") == 2


def test_an_index_is_read_without_rights_where_there_is_none(fake_apt, repository):
    fake_apt(
        'case "$*" in *update*) touch ../../../updated;; *)'
        " test -e ../../../updated && printf x > made_1_all.deb"
        " || echo 'E: Unable to locate package made' >&2;; esac"
    )
    with pytest.raises(UserError, match="not the pinned file"):
        apt.fetch(PINNED)
    assert (repository / "updated").exists()
