"""The park office."""
