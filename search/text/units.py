"""Numbers that mean the same size give the same token: 0.6 m, 600mm and 600 毫米 all read `600000um`.

Only what helps words to meet is kept here. Constraints are understood elsewhere, with dimensions and ranges; this
table is about text, so a unit with two meanings (t as mass or as force) keeps one spelling for both.
"""

import re
from fractions import Fraction
from functools import lru_cache

# spelling after folding -> (base spelling, factor)
_UNITS: dict[str, tuple[str, str]] = {
    "um": ("um", "1"),
    "微米": ("um", "1"),
    "丝": ("um", "10"),
    "mm": ("um", "1000"),
    "毫米": ("um", "1000"),
    "cm": ("um", "10000"),
    "厘米": ("um", "10000"),
    "dm": ("um", "100000"),
    "m": ("um", "1000000"),
    "米": ("um", "1000000"),
    "meter": ("um", "1000000"),
    "meters": ("um", "1000000"),
    "km": ("um", "1000000000"),
    "公里": ("um", "1000000000"),
    "千米": ("um", "1000000000"),
    "in": ("um", "25400"),
    "in.": ("um", "25400"),
    "inch": ("um", "25400"),
    "inches": ("um", "25400"),
    '"': ("um", "25400"),
    "''": ("um", "25400"),
    "英寸": ("um", "25400"),
    "寸": ("um", "25400"),
    "ft": ("um", "304800"),
    "ft.": ("um", "304800"),
    "foot": ("um", "304800"),
    "feet": ("um", "304800"),
    "'": ("um", "304800"),
    "英尺": ("um", "304800"),
    "yd": ("um", "914400"),
    "yard": ("um", "914400"),
    "yards": ("um", "914400"),
    "metre": ("um", "1000000"),
    "metres": ("um", "1000000"),
    "mg": ("mg", "1"),
    "毫克": ("mg", "1"),
    "g": ("mg", "1000"),
    "克": ("mg", "1000"),
    "kg": ("mg", "1000000"),
    "kgs": ("mg", "1000000"),
    "千克": ("mg", "1000000"),
    "公斤": ("mg", "1000000"),
    "t": ("mg", "1000000000"),
    "ton": ("mg", "1000000000"),
    "tons": ("mg", "1000000000"),
    "tonne": ("mg", "1000000000"),
    "tonnes": ("mg", "1000000000"),
    "吨": ("mg", "1000000000"),
    "lb": ("mg", "453592.37"),
    "lbs": ("mg", "453592.37"),
    "lb.": ("mg", "453592.37"),
    "pound": ("mg", "453592.37"),
    "pounds": ("mg", "453592.37"),
    "磅": ("mg", "453592.37"),
    "oz": ("mg", "28349.523125"),
    "oz.": ("mg", "28349.523125"),
    "ounce": ("mg", "28349.523125"),
    "ounces": ("mg", "28349.523125"),
    "w": ("w", "1"),
    "watt": ("w", "1"),
    "watts": ("w", "1"),
    "瓦": ("w", "1"),
    "kw": ("w", "1000"),
    "千瓦": ("w", "1000"),
    "mw": ("w", "1000000"),
    "hp": ("w", "745.7"),
    "匹": ("w", "735.5"),
    "马力": ("w", "735.5"),
    "n": ("n", "1"),
    "kn": ("n", "1000"),
    "千牛": ("n", "1000"),
    "pa": ("pa", "1"),
    "kpa": ("pa", "1000"),
    "mpa": ("pa", "1000000"),
    "兆帕": ("pa", "1000000"),
    "bar": ("pa", "100000"),
    "psi": ("pa", "6894.757"),
    "公斤压力": ("pa", "98066.5"),
    "mv": ("mv", "1"),
    "v": ("mv", "1000"),
    "volt": ("mv", "1000"),
    "volts": ("mv", "1000"),
    "伏": ("mv", "1000"),
    "kv": ("mv", "1000000"),
    "千伏": ("mv", "1000000"),
    "ma": ("ma", "1"),
    "a": ("ma", "1000"),
    "amp": ("ma", "1000"),
    "amps": ("ma", "1000"),
    "安": ("ma", "1000"),
    "安培": ("ma", "1000"),
    "hz": ("hz", "1"),
    "赫兹": ("hz", "1"),
    "khz": ("hz", "1000"),
    "mhz": ("hz", "1000000"),
    "ghz": ("hz", "1000000000"),
    "rpm": ("rpm", "1"),
    "r/min": ("rpm", "1"),
    "转": ("rpm", "1"),
    "转/分": ("rpm", "1"),
    "ml": ("ml", "1"),
    "毫升": ("ml", "1"),
    "l": ("ml", "1000"),
    "liter": ("ml", "1000"),
    "liters": ("ml", "1000"),
    "升": ("ml", "1000"),
    "gal": ("ml", "3785.411784"),
    "gal.": ("ml", "3785.411784"),
    "gallon": ("ml", "3785.411784"),
    "gallons": ("ml", "3785.411784"),
    "qt": ("ml", "946.352946"),
    "quart": ("ml", "946.352946"),
    "quarts": ("ml", "946.352946"),
    "pint": ("ml", "473.176473"),
    "pints": ("ml", "473.176473"),
    "fl oz": ("ml", "29.5735295625"),
    "fl. oz.": ("ml", "29.5735295625"),
    "litre": ("ml", "1000"),
    "litres": ("ml", "1000"),
    "cu ft": ("ml", "28316.846592"),
    "cu. ft.": ("ml", "28316.846592"),
    "cubic feet": ("ml", "28316.846592"),
    "cubic foot": ("ml", "28316.846592"),
    "m2": ("m2", "1"),
    "sqm": ("m2", "1"),
    "sq m": ("m2", "1"),
    "square metres": ("m2", "1"),
    "square meters": ("m2", "1"),
    "sq ft": ("m2", "0.09290304"),
    "sq. ft.": ("m2", "0.09290304"),
    "sqft": ("m2", "0.09290304"),
    "square feet": ("m2", "0.09290304"),
    "square foot": ("m2", "0.09290304"),
    "平": ("m2", "1"),
    "平米": ("m2", "1"),
    "平方": ("m2", "1"),
    "平方米": ("m2", "1"),
    "m3": ("m3", "1"),
    "立方": ("m3", "1"),
    "立方米": ("m3", "1"),
    "°c": ("c", "1"),
    "摄氏度": ("c", "1"),
    "nm": ("nm", "1"),
    "mah": ("mah", "1"),
    "ah": ("mah", "1000"),
    "kwh": ("kwh", "1"),
    "lm": ("lm", "1"),
    "lumen": ("lm", "1"),
    "lumens": ("lm", "1"),
    "流明": ("lm", "1"),
    "ga": ("ga", "1"),
    "gauge": ("ga", "1"),
    "pc": ("pc", "1"),
    "pcs": ("pc", "1"),
    "piece": ("pc", "1"),
    "pieces": ("pc", "1"),
    "pack": ("pc", "1"),
    "packs": ("pc", "1"),
    "pk": ("pc", "1"),
    "count": ("pc", "1"),
    "ct": ("pc", "1"),
    "gb": ("gb", "1"),
    "tb": ("gb", "1024"),
}

UNIT_PATTERN = (
    r"(?:"
    + "|".join(re.escape(unit) for unit in sorted(_UNITS, key=lambda unit: (-len(unit), unit)) if not unit.isascii())
    + r"|(?:"
    + "|".join(re.escape(unit) for unit in sorted(_UNITS, key=lambda unit: (-len(unit), unit)) if unit.isascii())
    + r")(?![a-z0-9]))"
)
NUMBER_PATTERN = r"(?:(?:\d+[ -])?\d+/\d+|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_GLUED = re.compile(rf"({NUMBER_PATTERN})-?({UNIT_PATTERN})")


@lru_cache(maxsize=65536)
def plain_number(written: str) -> str:
    """One spelling for a number: `1,200` reads `1200`, `1.50` reads `1.5`, `007` stays as it is."""
    bare = written.replace(",", "")
    if "." in bare:
        bare = bare.rstrip("0").rstrip(".")
    return bare or "0"


@lru_cache(maxsize=65536)
def quantity_token(number: str, unit: str) -> str | None:
    """The token of a number with its unit in the base unit, or None when it is no known unit or absurdly long."""
    base = _UNITS.get(unit)
    if base is None or len(number) > 15:
        return None
    try:
        value = sum(Fraction(part) for part in re.split(r"[ -]", number.replace(",", ""))) * Fraction(base[1])
    except ZeroDivisionError:
        return None
    return f"{round(value)}{base[0]}" if value >= 1 else f"{float(value):.6g}{base[0]}"


def glued_quantity(chunk: str) -> tuple[str, str] | None:
    """Number and unit of a chunk such as `600mm` or `24-inch`, None for any other chunk."""
    found = _GLUED.fullmatch(chunk)
    return (found[1], found[2]) if found else None
