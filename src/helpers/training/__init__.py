"""Stage 2: baselines, probes, fine-tunes, transcription, and the one prediction of the test set."""
