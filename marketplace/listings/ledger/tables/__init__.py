"""Where the tables of a workbook are, what their columns hold, and which rows are no machines."""
