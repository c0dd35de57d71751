"""Versioned files of the numbers that ratings stand on; each is hashed into every snapshot."""
