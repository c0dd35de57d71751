"""The double-entry ledger: append-only in the database itself; every amount that moves is an entry here."""
