"""What a person writes: a study file, typed and checked before anything runs."""
