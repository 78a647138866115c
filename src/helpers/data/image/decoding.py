"""Images of any common format, as height x width x 3 bytes of RGB."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pi_heif
from PIL import Image, ImageFile, UnidentifiedImageError

from helpers.core.errors import reason
from helpers.data.encoded import Unreadable, content_of
from helpers.data.image import colour_profiles
from helpers.data.image.levels import Levels, Values, scaled

pi_heif.register_heif_opener()  # photos of telephones

MAX_PIXELS = 100_000_000  # 300 MB as RGB; an image whose header claims more is refused unread
DEEP = {  # Pillow's names of 16 bits a channel, each with the one of the other order of bytes
    f"{channels};16{order}": f"{channels};16{other}"
    for channels in ("RGB", "RGBA", "RGBX", "R", "G", "B", "A")
    for order, other in (("B", "L"), ("L", "B"), ("N", "B"))
}
ORIENTATION = 0x0112  # the EXIF tag; how an image is turned upright, by its value
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

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


def decode(raw: Raw, levels: Levels = MappingProxyType({})) -> np.ndarray:
    """Decode an image to uint8 [height, width, 3]: upright, in sRGB, transparency on white.

    ``levels`` says which values are black and white, by kind;
    by default the image decides alone.
    Raises Unreadable: missing, not an image, truncated, or more than ``MAX_PIXELS``.
    """
    return read(raw, levels)[0]


def read(raw: Raw, known: Levels) -> tuple[np.ndarray, Stored]:
    """Decode an image as ``decode`` does, and say how it is stored."""
    if isinstance(raw, np.ndarray):
        return _read_array(raw, known)
    content = content_of(raw)
    image = _open(content)
    try:
        frames, wide = _frames(image), _wide(image, content)
        mode = image.mode if wide is None or wide.ndim == 2 else f"{image.mode};16"
        image.load()
        shown, values = (image, None) if wide is None else _from_levels(wide, known)
        shown, profile, damage = _in_srgb(*_upright(shown, image), image)
        pixels = np.array(shown.convert("RGB"))
    except Unreadable:
        raise
    except Exception as error:  # each decoder raises its own kinds
        raise Unreadable(reason(error)) from None
    if values is None:
        pixels, values = scaled(pixels, known)
    return pixels, Stored(values, mode, image.format or "", frames, profile, damage)


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
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


def _wide(image: ImageFile.ImageFile, content: bytes) -> np.ndarray | None:
    """Return the values of an image of more than 8 bits a channel, and nothing for others.

    Of 16-bit colours, Pillow keeps the upper bytes; read in the other order, it keeps the lower.
    """
    if image.mode.startswith(("I", "F")):
        return np.asarray(image)
    forms = [_form(tile.args) for tile in image.tile]
    if image.mode not in ("RGB", "RGBA") or not all(form in DEEP for form in forms):
        return None
    other = _open(content)
    other.tile = [tile._replace(args=_swapped(tile.args)) for tile in other.tile]
    lower, upper = np.asarray(other), np.asarray(image)
    return upper.astype(np.uint16) << 8 | lower


def _form(args: Any) -> str:
    """Return the order of channels and bytes from the arguments of Pillow's decoders."""
    return str(args[0] if isinstance(args, tuple) and args else args)


def _swapped(args: Any) -> Any:
    form = DEEP[_form(args)]
    return (form, *args[1:]) if isinstance(args, tuple) else form


def _from_levels(values: np.ndarray, known: Levels) -> tuple[Image.Image, Values]:
    pixels, about = scaled(values, known)
    return Image.fromarray(pixels), about


def _upright(shown: Image.Image, stored: Image.Image) -> tuple[Image.Image, str]:
    """Turn an image as its EXIF says; where that is damaged, leave it and say so."""
    try:
        turn = TURNS.get(stored.getexif().get(ORIENTATION, 1))
    except Exception:
        return shown, "damaged EXIF, orientation unknown"
    return (shown if turn is None else shown.transpose(turn)), ""


def _in_srgb(shown: Image.Image, damage: str, stored: Image.Image) -> tuple[Image.Image, str, str]:
    """Put an image on white and convert it to sRGB; return its profile's name and all damage."""
    shown, profile = _opaque(shown), stored.info.get("icc_profile")
    if not profile:
        return shown, "", damage
    try:
        return *colour_profiles.to_srgb(shown, profile), damage
    except Exception:  # a profile is data of others: whatever is wrong with it costs no image
        return shown, "", damage or "colour profile that cannot be used"


def _opaque(image: Image.Image) -> Image.Image:
    """Put an image on white, if parts of it are transparent."""
    if image.mode not in ("RGBA", "LA", "PA", "La", "RGBa") and "transparency" not in image.info:
        return image
    grey, image = image.mode in ("1", "L", "LA", "La"), image.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if grey else "RGB")
