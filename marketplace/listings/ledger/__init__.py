"""A factory's equipment ledger 设备台账 becomes listings and named problems: bytes in, values out.

A library one can use alone: it knows no database and no web framework, and of the marketplace only money, clock,
quantities and the catalogue of resource types. `reader.read_ledger` is the door.
"""
