"""Images of any common format, as height x width x 3 bytes of RGB."""

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pi_heif
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from helpers.core.errors import reason
from helpers.data import room
from helpers.data.encoded import Unreadable, content_of
from helpers.data.image import colour_profiles
from helpers.data.image.levels import Levels, Values, scaled

pi_heif.register_heif_opener()  # photos of telephones
# for good, as changing filters for a while is not safe in threads: what matters is told by checks
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.(TiffImagePlugin|Image)$", category=UserWarning)

PIXEL = 16  # bytes that decoding takes for each
MAX_PIXELS = 100_000_000  # 300 MB as RGB; an image whose header claims more is refused unread

Raw = bytes | Path | np.ndarray  # an encoded file's bytes, its path, or an array


@dataclass(frozen=True)
class Stored:
    """How an image is stored, and what became of its values."""

    values: Values
    mode: str  # its header's mode, such as RGBA, or ``array 3``
    format: str = ""  # such as PNG; empty for an array
    frames: int = 1  # or pages; the first one is decoded
    profile: str = ""  # the colour profile that it was converted from
    damage: str = ""  # why it is not upright, or its colour profile is not used
    orientation: int = 1  # of EXIF, 1 to 8: how it was turned upright


def decode(raw: Raw, levels: Levels = MappingProxyType({})) -> np.ndarray:
    """Decode an image to uint8 [height, width, 3]: upright, in sRGB, transparency on white.

    ``levels`` says which values are black and white, by kind; an image without it decides alone.
    Raises Unreadable: missing, not an image, truncated, or more than ``MAX_PIXELS``.
    """
    return read(raw, levels)[0]


def read(raw: Raw, known: Levels) -> tuple[np.ndarray, Stored]:
    """Decode an image as ``decode`` does, and say how it is stored."""
    if isinstance(raw, np.ndarray):
        return _read_array(raw, known)
    image: Image.Image = _open(content_of(raw))
    room.take(image.width * image.height * PIXEL)
    try:
        frames, mode, form = _frames(image), image.mode, image.format or ""
        image.load()
        if wide := mode.startswith(("I", "F")):  # greys of more than 8 bits
            pixels, values = scaled(np.asarray(image), known)
            about = {k: v for k, v in image.info.items() if k != "transparency"}
            image = Image.fromarray(pixels)
            image.info = about
        image, profile, damage, turn = _in_srgb(image)
        pixels = np.array(image.convert("RGB"))
        if not wide:
            pixels, values = scaled(pixels, known)
    except Unreadable:
        raise
    except Exception as error:  # each decoder raises its own kinds
        raise Unreadable(reason(error)) from None
    return pixels, Stored(values, mode, form, frames, profile, damage, turn)


def _read_array(array: np.ndarray, known: Levels) -> tuple[np.ndarray, Stored]:
    """Turn an array [H, W] or [H, W, 1, 3 or 4] (the fourth is opacity) into RGB bytes."""
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise Unreadable(f"shape {array.shape}: height x width, or x 1, 3 or 4 channels needed")
    if not array.size:
        raise Unreadable("an empty image")
    mode = f"array {array.shape[2] if array.ndim == 3 else 1}"
    pixels, values = scaled(array, known)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    if pixels.shape[2] == 4:
        return np.array(_opaque(Image.fromarray(pixels))), Stored(values, mode)
    pixels = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    return np.ascontiguousarray(pixels), Stored(values, mode)


def _open(content: bytes) -> ImageFile.ImageFile:
    """Read an image's header and refuse what is no image or too large to decode."""
    try:
        image = Image.open(io.BytesIO(content))
    except Image.DecompressionBombError:
        raise Unreadable(f"more than {MAX_PIXELS:,} pixels") from None
    except UnidentifiedImageError:
        raise Unreadable("not an image in a known format") from None
    except Exception as error:
        raise Unreadable(reason(error)) from None
    if image.width * image.height > MAX_PIXELS:
        raise Unreadable(f"more than {MAX_PIXELS:,} pixels")
    return image


def _frames(image: Image.Image) -> int:
    """Count frames or pages; what is damaged after the first does not count."""
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:
        return 1


def _in_srgb(image: Image.Image) -> tuple[Image.Image, str, str, int]:
    """Turn an image upright, put it on white and convert it to sRGB.

    Returns it with the profile it was converted from, what is damaged (that costs no image), and
    the orientation that it had.
    """
    damage, name, turn = "", "", 1
    profile = image.info.get("icc_profile")
    try:
        _check_exif(image.info.get("exif", b"").removeprefix(b"Exif\0\0"))
        turn = orientation(image)
        image = ImageOps.exif_transpose(image)
    except Exception:
        damage = "damaged EXIF, orientation unknown"
    image = _opaque(image)
    try:
        if profile and image.mode != "LAB":  # whose own profile is what Pillow converts from
            image, name = colour_profiles.to_srgb(image, profile)
    except Exception:
        damage = damage or "colour profile that cannot be used"
    return image, name, damage, turn


def orientation(image: Image.Image) -> int:
    """Return an image's orientation by EXIF, from 2 to 8 where it is to be turned, else 1."""
    found = image.getexif().get(ExifTags.Base.Orientation, 1)
    return found if found in range(2, 9) else 1


def upright_size(raw: bytes | Path) -> tuple[int, int, int]:
    """Read an image's width, height and orientation from its header; 0, 0 and 1 if it has none.

    The size is that of the decoded, upright image.
    """
    try:
        with Image.open(raw if isinstance(raw, Path) else io.BytesIO(raw)) as image:
            turn = orientation(image)
            return (*(image.size[::-1] if turn >= 5 else image.size), turn)
    except Exception:  # which is said where it is decoded
        return 0, 0, 1


def _check_exif(content: bytes) -> None:
    """Raise ValueError or struct.error where a table of tags is cut off: Pillow only warns."""
    if content:
        order = ">" if content.startswith(b"MM") else "<"
        (start,) = struct.unpack_from(f"{order}I", content, 4)
        (tags,) = struct.unpack_from(f"{order}H", content, start)
        if not content.startswith((b"MM", b"II")) or start + 2 + 12 * tags > len(content):
            raise ValueError("damaged EXIF")


def _opaque(image: Image.Image) -> Image.Image:
    """Put an image on white, if parts of it are transparent."""
    if image.mode not in ("RGBA", "LA", "PA", "La", "RGBa") and "transparency" not in image.info:
        return image
    grey, image = image.mode in ("1", "L", "LA", "La"), image.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if grey else "RGB")
