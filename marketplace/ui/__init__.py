"""What every page shares: layout, macros, formats, drawings. No business words."""
