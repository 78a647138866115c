"""Images of any common format, as height x width x 3 bytes of RGB."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.core.errors import reason
from helpers.data.encoded import Unreadable, content_of

MAX_PIXELS = 100_000_000  # 300 MB as RGB; an image whose header claims more is refused unread
NOT_FINITE = "NaN or infinite values"

Raw = bytes | Path | np.ndarray  # an encoded file's bytes, its path, or an array


def decode(raw: Raw) -> np.ndarray:
    """Decode an image to uint8 [height, width, 3]: upright, transparency on white, 16 bits to 8.

    Raises Unreadable: missing, not an image, truncated, or more than ``MAX_PIXELS``.
    """
    if isinstance(raw, np.ndarray):
        return from_array(raw)
    image = _open(raw)
    try:
        image.load()
        return _rgb(ImageOps.exif_transpose(image))
    except Unreadable:
        raise
    except Exception as error:  # each decoder raises its own kinds
        raise Unreadable(reason(error)) from None


def mode_of(raw: Raw) -> str:
    """Name how an image is stored: its header's mode, such as ``RGBA``, or ``array 3``."""
    if isinstance(raw, np.ndarray):
        return f"array {raw.shape[2] if raw.ndim == 3 else 1}"
    return _open(raw).mode


def from_array(array: np.ndarray) -> np.ndarray:
    """Turn an array [H, W] or [H, W, 1, 3 or 4] (the fourth is opacity) into RGB uint8 [H, W, 3].

    Whole numbers are grey levels 0..255, or 0..65535 when 16 bits wide and above 255; floats that
    lie within 0..1 are multiplied by 255, within 0..255 are rounded. Raises Unreadable for another
    shape, type or range, and for NaN or infinite values.
    """
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise Unreadable(f"shape {array.shape}: height x width, or x 1, 3 or 4 channels needed")
    if not array.size:
        raise Unreadable("an empty image")
    levels = _levels(array)
    if levels.ndim == 2:
        levels = levels[:, :, None]
    if levels.shape[2] == 4:
        return _rgb(Image.fromarray(levels, "RGBA"))
    return np.ascontiguousarray(np.broadcast_to(levels, (*levels.shape[:2], 3)))


def _levels(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "iuf":
        raise Unreadable(f"values of type {array.dtype}: whole numbers or floats needed")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise Unreadable(NOT_FINITE)
    low, high = array.min(), array.max()
    if low < 0 or high > (65535 if array.dtype == np.uint16 else 255):
        raise Unreadable(f"values from {low:g} to {high:g}: 0..1 or 0..255 needed")
    if high > 255:
        return (array >> 8).astype(np.uint8)
    scale = 255 if array.dtype.kind == "f" and high <= 1 else 1
    return np.rint(array.astype(np.float64) * scale).astype(np.uint8)


def _open(raw: bytes | Path) -> Image.Image:
    """Read an image's header and refuse what is no image or too large to decode."""
    content = content_of(raw)
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


def _rgb(image: Image.Image) -> np.ndarray:
    """Convert any mode to RGB; 16-bit and float greys by ``from_array``'s rule."""
    if image.mode.startswith(("I", "F")):
        return from_array(_grey(image))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))


def _grey(image: Image.Image) -> np.ndarray:
    """Return the values of a wide grey image: 16 bits as they are, the rest as stored."""
    values = np.asarray(image)
    if image.mode == "F":
        return values
    if values.min() < 0 or values.max() > 65535:
        raise Unreadable(f"grey levels from {values.min()} to {values.max()}: 16 bits needed")
    return (values >> 8).astype(np.uint8) if image.mode != "I" else values.astype(np.uint16)
