"""What the composition root serves by itself."""
