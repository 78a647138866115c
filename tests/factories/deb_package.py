"""Small Debian packages."""

import io
import lzma
import tarfile

from helpers.catalogue import tar_packages


def tarred(members, compress=lzma.compress):
    """Write members (name: bytes, or a TarInfo to itself) into a compressed tar."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return compress(stream.getvalue())


def package(tmp_path, data, name="data.tar.xz", file="made_1_all.deb"):
    """Write an ar archive of three members, the second of an odd length."""
    content = tar_packages.MAGIC
    for member, body in (("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), (name, data)):
        header = f"{member:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(body):<10}`\n"
        content += header.encode() + body + b"\n" * (len(body) % 2)
    target = tmp_path / file
    target.write_bytes(content)
    return target
