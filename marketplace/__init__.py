"""Gongzao 共造: the marketplace of an industrial park."""
