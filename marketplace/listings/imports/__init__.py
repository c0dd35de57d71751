"""A factory's ledger becomes listings: read, shown, decided, written, and read again next year."""
