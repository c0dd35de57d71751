"""Contest a piece of evidence; make good and have it lifted."""
