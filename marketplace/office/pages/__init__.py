"""Pages of the park office."""
