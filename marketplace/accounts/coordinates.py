"""Chinese maps shift coordinates (GCJ-02); we convert once and store WGS-84.

The shift is the published polynomial of the datum on the Krasovsky 1940 ellipsoid; its inverse is found by iteration
to better than a centimetre. Outside China the two are the same.
"""

import math
from enum import StrEnum

SEMI_MAJOR_METRES = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
ITERATIONS = 6


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def to_wgs84(latitude: float, longitude: float, datum: Datum) -> tuple[float, float]:
    """The WGS-84 position of a position in the given datum, degrees."""
    if datum is Datum.WGS84 or not _in_china(latitude, longitude):
        return latitude, longitude
    found = latitude, longitude
    for _ in range(ITERATIONS):
        shifted = to_gcj02(*found)
        found = found[0] + latitude - shifted[0], found[1] + longitude - shifted[1]
    return found


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """The GCJ-02 position of a WGS-84 position, degrees."""
    if not _in_china(latitude, longitude):
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    phi = math.radians(latitude)
    bend = 1 - ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    north = _north(x, y) * 180 / ((SEMI_MAJOR_METRES * (1 - ECCENTRICITY_SQUARED)) / (bend * math.sqrt(bend)) * math.pi)
    east = _east(x, y) * 180 / (SEMI_MAJOR_METRES / math.sqrt(bend) * math.cos(phi) * math.pi)
    return latitude + north, longitude + east


def _in_china(latitude: float, longitude: float) -> bool:
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347


def _waves(angle: float, *parts: tuple[float, float]) -> float:
    return sum(size * math.sin(angle * math.pi * pace) for size, pace in parts) * 2 / 3


def _north(x: float, y: float) -> float:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return (
        plain
        + _waves(x, (20.0, 6), (20.0, 2))
        + _waves(y, (20.0, 1), (40.0, 1 / 3))
        + _waves(y, (160.0, 1 / 12), (320.0, 1 / 30))
    )


def _east(x: float, y: float) -> float:
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return (
        plain
        + _waves(x, (20.0, 6), (20.0, 2))
        + _waves(x, (20.0, 1), (40.0, 1 / 3))
        + _waves(x, (150.0, 1 / 12), (300.0, 1 / 30))
    )
