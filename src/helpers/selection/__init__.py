"""Stage 2-select: which candidates deserve a fine-tune."""
