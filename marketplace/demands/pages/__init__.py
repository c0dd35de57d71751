"""Pages of demands and quotes."""
