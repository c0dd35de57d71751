"""Judged collections of our own and what analysis and ranking reach on them."""
