"""Params become a plan, a plan becomes stages, each stage records what it was made of."""
