"""The park drawn from its own outline: zones as polygons, listings as numbered pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


def points(polygon: Sequence[Point]) -> str:
    """A polygon as SVG writes it."""
    return " ".join(f"{x:g},{y:g}" for x, y in polygon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of the park; `is_hit` when the page speaks of it."""

    name: str
    polygon: Sequence[Point]
    is_hit: bool = False
    url: str = ""

    @property
    def points(self) -> str:
        return points(self.polygon)

    @property
    def name_place(self) -> Point:
        """Where the name stands: in the middle, near the lower edge, so that pins leave it readable."""
        xs = [x for x, _ in self.polygon]
        ys = [y for _, y in self.polygon]
        return (min(xs) + max(xs)) / 2, max(ys) - (max(ys) - min(ys)) * 0.14


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A place on the map. `mark` is one or two characters; `url` usually the card's `#r1`; near misses are dashed."""

    x: float
    y: float
    mark: str
    name: str
    url: str = ""
    is_near_miss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkMap:
    """Everything in one coordinate system of `width` × `height`; `here` is the reader's own firm."""

    width: float
    height: float
    outline: Sequence[Point] = ()
    zones: Sequence[Zone] = ()
    pins: Sequence[Pin] = ()
    here: Point | None = None
    roads: Sequence[Sequence[Point]] = ()
    water: Sequence[Sequence[Point]] = ()

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width:g} {self.height:g}"

    @property
    def outline_points(self) -> str:
        return points(self.outline)


def fan_out(pins: Sequence[Pin], apart: float = 22) -> list[Pin]:
    """Pins that would cover each other moved aside, each by at most a few steps to the right and down."""
    placed: list[Pin] = []
    for pin in pins:
        x, y, step = pin.x, pin.y, 0
        while step < 12 and any(abs(x - other.x) < apart and abs(y - other.y) < apart for other in placed):
            step += 1
            x, y = pin.x + apart * (step % 4), pin.y + apart * (step // 4)
        placed.append(Pin(x=x, y=y, mark=pin.mark, name=pin.name, url=pin.url, is_near_miss=pin.is_near_miss))
    return placed
