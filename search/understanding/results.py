"""What was understood of a line, in plain values; every piece knows where it stood and how to be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Operator = Literal[">=", "<=", "=", "in"]
Question = Literal["exact", "run", "total"]
Per = Literal["job", "hour", "day", "week", "month", "piece", "sample", "square_metre"]
QuantityKind = Literal["pieces", "units"]
Span = tuple[int, int]
"""Half-open character range of the line as typed."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One wish about one attribute: a magnitude as integer in the base unit of its dimension, or option codes.

    `unit` is the unit as understood ("mm"), `dimension` what it measures; both None for words. `op` "in" carries a tuple of option codes, one of which
    suffices. Certificates are the attribute `certificates`, one constraint each: all are wanted. On a range attribute
    "<=" speaks of its lower end, ">=" of its upper end, and "=" asks that the range contains the value.
    """

    attribute: str
    op: Operator
    value: int | str | tuple[str, ...]
    unit: str | None
    dimension: str | None
    written: str
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """When, and which of the three questions: this exact window, hours in one run, hours in total inside the window.

    A missing end means open; a missing start means from now on. `hours` is what was said, None when nothing was.
    """

    start: datetime | None
    end: datetime | None
    hours: Decimal | None
    question: Question


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many pieces are to be made, or how many units (machines) are wanted."""

    amount: int
    kind: QuantityKind


@dataclass(frozen=True, slots=True)
class Place:
    """A zone by its code, a radius in metres around the asker or that zone, or both."""

    zone: str | None
    radius_m: int | None


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be paid, in fen, for the whole job or per unit of use."""

    amount: int
    per: Per


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of a chip; `code` is what a correction carries in the address of the page."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One understood piece as the reader sees it, in the reader's language, with the sentence that explains it."""

    key: str
    label: str
    value: str
    explanation: str
    span: Span
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A line as constraints; `remaining_words` is what is searched as text (the words of the type are part of it).

    `type_words` are the words from which the type was read: a page may search them as text too.
    """

    type_code: str | None
    constraints: tuple[Constraint, ...]
    window: Window | None
    quantity: Quantity | None
    place: Place | None
    budget: Budget | None
    remaining_words: str
    type_words: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the reader changed by hand: chips taken away (`without`) and other readings chosen (`choices`, by chip key).

    A removed word (type, material, certificate, zone) is searched as plain text again; a removed number, date or sum
    is dropped. Removing the type keeps the reading of the sizes that was made with it.
    """

    without: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
