"""What has happened to a firm, as evidence that may move its score: append-only, corrected by more of it."""
