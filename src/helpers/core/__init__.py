"""Ground floor: errors, paths, files, YAML, schemas, digests, costs, plain formatting."""
