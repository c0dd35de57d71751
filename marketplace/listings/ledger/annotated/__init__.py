"""The clerk's own ledger comes back with one column of remarks and marked cells; formulas are neutralised."""
