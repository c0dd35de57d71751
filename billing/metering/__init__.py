"""Meters 计量表 and their readings: stored once, checked on arrival, added up by the hour."""
