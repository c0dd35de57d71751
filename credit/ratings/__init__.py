"""Scores kept as snapshots, the public grade, and who is established."""
