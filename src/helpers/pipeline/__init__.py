"""Params become a plan, the plan becomes stages, each stage leaves a record of what it was made of."""
