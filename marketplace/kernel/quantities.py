"""Quantities: integers in the base unit of a dimension, read from and shown as people write them. Pure and exact.

`units` is the table of dimensions and units, `quantity_text` reads and shows one quantity, `quantity_finder`
finds them in prose; import from here.
"""

from marketplace.kernel.quantity_finder import FoundQuantity, find_quantities
from marketplace.kernel.quantity_text import (
    ParsedQuantity,
    format_number,
    format_quantity,
    normalise,
    parse_number,
    parse_quantity,
    unit_symbol,
)
from marketplace.kernel.units import (
    DIMENSIONS,
    BadQuantity,
    Dimension,
    Unit,
    dimension_of,
    dimension_with,
    from_base,
    to_base,
    units_of,
)

__all__ = [
    "DIMENSIONS",
    "BadQuantity",
    "Dimension",
    "FoundQuantity",
    "ParsedQuantity",
    "Unit",
    "dimension_of",
    "dimension_with",
    "find_quantities",
    "format_number",
    "format_quantity",
    "from_base",
    "normalise",
    "parse_number",
    "parse_quantity",
    "to_base",
    "unit_symbol",
    "units_of",
]
