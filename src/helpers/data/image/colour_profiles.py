"""Colour profiles: images in another colour space are converted to sRGB."""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # by a profile's colour space
SAME = 2  # levels by which a profile may differ from sRGB and still count as that
Conversion = tuple[str, str, ImageCms.ImageCmsTransform | None]  # mode, name, None for sRGB


def to_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """Convert an opaque image; return it with the profile's name, empty where it is sRGB itself.

    Raises ImageCms.PyCMSError or KeyError for a profile that is damaged or made for other images.
    """
    mode, name, transform = _conversion(profile)
    if (mode == "CMYK") != (image.mode == "CMYK") or (mode == "L" and image.mode not in ("1", "L")):
        raise ImageCms.PyCMSError(f"a profile of {mode} for an image of {image.mode}")
    if transform is None:
        return image, ""
    return transform.apply(image.convert(mode)), name


@lru_cache(64)
def _conversion(content: bytes) -> Conversion:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
    mode = MODES[profile.profile.xcolor_space.strip()]
    srgb = ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.NOCACHE  # a transform with a cache must not be shared by threads
    transform = ImageCms.buildTransform(profile, srgb, mode, "RGB", flags=flags)
    name = ImageCms.getProfileDescription(profile).strip() or "without a name"
    return mode, name, transform if _changes(transform, mode) else None


def _changes(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tell whether a conversion moves any of a grid of colours by more than a level or two."""
    if mode == "CMYK":
        return True
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    before = Image.fromarray(grid if mode == "RGB" else steps[None])
    after = transform.apply(before)
    moved = np.asarray(after, int) - np.asarray(before.convert("RGB"), int)
    return bool(np.abs(moved).max() > SAME)
