"""Units and their time."""
