"""Distances on the globe, as Elasticsearch reckons them, for the engine that knows none."""

import math

from search.contract import Radius
from search.documents import Place

EARTH_RADIUS_M = 6_371_008.7714  # mean radius (IUGG), the one Lucene's haversine uses
_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180.0


def distance_m(one: Place, other: Place) -> float:
    """Great-circle distance in metres by the haversine formula."""
    latitude_one, latitude_other = math.radians(one.latitude), math.radians(other.latitude)
    half_latitude = (latitude_other - latitude_one) / 2
    half_longitude = math.radians(other.longitude - one.longitude) / 2
    chord = (
        math.sin(half_latitude) ** 2 + math.cos(latitude_one) * math.cos(latitude_other) * math.sin(half_longitude) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def box_around(radius: Radius) -> tuple[float, float, float, float]:
    """South, north, west, east of a box that holds the whole circle (parks lie far from the poles and the date line)."""
    north_south = radius.metres / _METRES_PER_DEGREE * 1.001 + 1e-6
    narrowing = max(0.01, math.cos(math.radians(min(89.0, abs(radius.centre.latitude) + north_south))))
    east_west = min(180.0, north_south / narrowing)
    latitude, longitude = radius.centre.latitude, radius.centre.longitude
    return latitude - north_south, latitude + north_south, longitude - east_west, longitude + east_west
