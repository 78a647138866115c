"""Files that are not the model that their name promises, told by how they begin."""

from collections.abc import Sequence
from pathlib import Path

from helpers.core import cost
from helpers.core.errors import UserError

_EXPORT = "which can run code when it is read: export the model to ONNX (README, Your model)"
BEGINNINGS = {  # how a file begins, what it is then, and the endings that may begin so
    b"EMPTY": ("empty", ()),
    b"version https://git-lfs": ("a pointer of Git LFS, not the file: run `git lfs pull`", ()),
    b"PK\x03\x04": (f"an archive of PyTorch with a pickle in it, {_EXPORT}", (".keras",)),
    b"\x80": (f"a pickle, {_EXPORT}", ()),
    b"\x89HDF": ("an HDF5 file: save the model as .keras", (".h5", ".hdf5")),
    b"<": ("a web page, not the file: download it again", ()),
}


def check(file: Path, where: str) -> None:
    """Refuse a file that is missing or something else; raises UserError."""
    if not file.is_file():
        raise UserError(f"{where}: no such file")
    with file.open("rb") as stream:
        begins = stream.read(32) or b"EMPTY"
    for beginning, (what, endings) in BEGINNINGS.items():
        if begins.startswith(beginning) and file.suffix.lower() not in endings:
            raise UserError(f"{where}: {file.name} is {what}")


def check_memory(weights: Sequence[Path], where: str) -> None:
    """Refuse weights that the memory of this machine cannot hold; raises UserError."""
    needed, free = sum(file.stat().st_size for file in weights), cost.free_memory()
    if needed > free:
        sizes = f"{needed / 1e9:.1f} GB of weights, and {free / 1e9:.1f} GB of memory are free"
        raise UserError(f"{where}: {sizes}: take a smaller model or another machine")
