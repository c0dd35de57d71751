"""One side disagrees: claim, answer, decision of the park, appeal."""
