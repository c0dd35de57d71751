"""Public-credit records that the park imports: mirrored, never edited."""
