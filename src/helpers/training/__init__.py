"""Stage 2: fit one candidate and predict the test set once."""
