"""Agreements: the order and its life until it is over."""
