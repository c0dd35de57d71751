"""Bytes of any spreadsheet format become sheets of cells: nothing here knows what a machine is."""
