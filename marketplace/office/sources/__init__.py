"""What waits for the office: one module per kind, listed in `registry`."""
