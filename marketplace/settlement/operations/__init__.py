"""Verbs of settlement: ask for money, settle an order, bill it, write its evidence, review it."""
