"""Rows become machines: values read, states judged, numbers compared, equal machines joined, lines put together."""
