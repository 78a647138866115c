"""Stage 3: one candidate, from its predictions alone."""
