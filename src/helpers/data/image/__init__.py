"""Images: decoding, corruptions, augmentation, resizing."""
