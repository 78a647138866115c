"""An archive inside an archive: a file of it is read, a hostile one gets one clear line."""

import gzip
import io
import tarfile

import pytest

from helpers.catalogue import nested_tar
from helpers.core.errors import UserError


def tar(**members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            if isinstance(content, tarfile.TarInfo):
                info = content
                content = b""
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def test_a_file_of_a_nested_tar_is_read():
    assert nested_tar.read(tar(a__b=b"hello", c=b"x"), "a/b", "n.tar.gz") == b"hello"


@pytest.mark.parametrize(
    "content, reason",
    [
        (lambda: tar(**{"..__b": b"x"}), "the path leaves the archive"),
        (lambda: tar(**{"__etc": b"x"}), "the path leaves the archive"),
        (lambda: tar(x=link("x", "/etc/passwd")), "a link"),
        (lambda: tar(aa=b"x"), "no file 'a'"),
        (lambda: gzip.compress(b"no tar at all" * 100), "not a readable tar"),
        (lambda: tar(a=b"x" * 5000)[:-60], "not a readable tar|no file"),
    ],
    ids=["outside", "absolute", "link", "absent", "no tar", "cut short"],
)
def test_a_hostile_tar_gets_one_line(content, reason):
    with pytest.raises(UserError, match=reason):
        nested_tar.read(content(), "a", "n.tar.gz")


def test_a_tar_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(nested_tar, "MAX_TOTAL_BYTES", 100)
    with pytest.raises(UserError, match="unpacks to over 100 bytes"):
        nested_tar.read(tar(b=b"x" * 200, a=b"y"), "a", "n.tar.gz")
