"""The national classification of industries GB/T 4754-2017, as data."""
