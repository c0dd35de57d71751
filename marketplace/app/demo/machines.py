"""Plausible figures for the demo's machines: a size class decides, so that the larger machine is larger throughout."""

import random
from decimal import Decimal

from marketplace.kernel.quantities import to_base
from marketplace.listings.catalogue import AttributeValue, ResourceType, load_catalogue

# attribute → its figure at the four size classes, in the attribute's usual unit
FIGURES: dict[str, tuple[str, str, str, str]] = {
    "travel_x": ("500", "800", "1200", "2000"),
    "travel_y": ("400", "500", "700", "1200"),
    "travel_z": ("350", "500", "600", "900"),
    "spindle_speed": ("12000", "10000", "8000", "6000"),
    "positioning_accuracy": ("0.005", "0.006", "0.008", "0.012"),
    "repeatability": ("0.003", "0.004", "0.005", "0.008"),
    "table_load": ("300", "600", "1000", "3000"),
    "sheet_thickness": ("6", "12", "20", "30"),
    "sheet_width": ("1250", "1500", "2000", "2500"),
    "sheet_length": ("2500", "3000", "4000", "6000"),
    "laser_power": ("2000", "3000", "6000", "12000"),
    "press_force": ("63", "110", "200", "400"),
    "clamping_force": ("90", "160", "280", "650"),
    "payload": ("10", "50", "165", "500"),
    "reach": ("900", "1400", "2200", "3100"),
    "axes": ("6", "6", "6", "6"),
    "build_x": ("200", "300", "400", "800"),
    "build_y": ("200", "300", "400", "500"),
    "build_z": ("180", "300", "400", "600"),
    "turning_length": ("300", "500", "1000", "2000"),
    "turning_diameter": ("250", "400", "500", "800"),
    "furnace_temperature": ("950", "1100", "1200", "1350"),
    "furnace_load": ("200", "500", "1000", "2000"),
    "floor_area": ("100", "300", "800", "2000"),
    "board_length": ("250", "350", "460", "610"),
    "board_width": ("200", "250", "350", "510"),
    "chamber_volume": ("100", "225", "500", "1000"),
    "measuring_error": ("1.2", "1.8", "2.2", "3.0"),
    "lead_time": ("1", "2", "3", "5"),
    "available_hours": ("6", "8", "12", "16"),
}


def attributes_of(kind: ResourceType, size: int, dice: random.Random) -> dict[str, AttributeValue]:
    """The attributes of one machine of size class 1 to 4; what nobody wrote a figure for is left out, not invented."""
    known, values = load_catalogue().attributes, dict[str, AttributeValue]()
    for code in kind.attributes:
        definition = known[code]
        if code in FIGURES and definition.dimension and definition.unit:
            figure = Decimal(FIGURES[code][size - 1])
            values[code] = {"number": to_base(figure, definition.unit, definition.dimension)}
        elif code == "materials" and definition.options:
            chosen = dice.sample(definition.options, k=min(3, len(definition.options)))
            values[code] = {"words": sorted(option.code for option in chosen)}
    return values
