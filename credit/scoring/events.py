"""What the scorer takes: events, public records and what is known about parties, as plain values."""

from dataclasses import dataclass, field
from enum import StrEnum

from credit.scoring.model import MICRO


class Role(StrEnum):
    SUPPLIER = "supplier"
    DEMANDER = "demander"


class State(StrEnum):
    """Where an event stands. `final` and `upheld` count; `provisional` and `contested` count from `final_day` on."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    CONTESTED = "contested"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    REPAIRED = "repaired"
    EXPIRED = "expired"


class Source(StrEnum):
    ORDER_MACHINE = "order_machine"
    ADMIN_DECISION = "admin_decision"
    PUBLIC_IMPORT = "public_import"


class Severity(StrEnum):
    """How heavy a fault is; sets what repair asks for. `fraud` closes a gate when upheld."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"
    FRAUD = "fraud"


class RecordClass(StrEnum):
    """What a public-credit record says of a firm."""

    SERIOUS_DISHONESTY = "serious_dishonesty"
    ENFORCEMENT_DEBTOR = "enforcement_debtor"
    PUBLIC_D = "public_D"
    SERIOUS_PENALTY = "serious_penalty"
    GENERAL_PENALTY = "general_penalty"
    MINOR_PENALTY = "minor_penalty"
    COMMENDATION = "commendation"


ENDED = frozenset({State.DISMISSED, State.REPAIRED, State.EXPIRED})
"""An event in one of these states weighs nothing for good."""


@dataclass(slots=True, kw_only=True)
class Event:
    """One dated fact about a party. Days are proleptic Gregorian ordinals (`date.toordinal`) of the park's calendar.

    `x` is whole millionths, 1,000,000 good … 0 bad. `amount` is the order's in fen; None counts as full size.
    `established` overrides what the scorer works out about the counterparty.
    """

    id: str
    party: str
    role: str
    dimension: str
    x: int
    day: int
    order: str = ""
    counterparty: str = ""
    counterparty_group: str = ""
    amount: int | None = None
    state: str = "final"
    final_day: int | None = None
    decided_day: int | None = None
    severity: str = ""
    source: str = "order_machine"
    type: str = ""
    paid: bool = True
    held_out: bool = False
    superseded: bool = False
    established: bool | None = None

    def counts_by(self, day: int) -> bool:
        """Whether the event is known, final and not held out on that day."""
        if self.day > day or self.superseded or self.held_out:
            return False
        state = self.state
        if state in {"final", "upheld"}:
            return self.final_day is None or self.final_day <= day
        if state in {"provisional", "contested"}:
            return self.final_day is not None and self.final_day <= day
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """One public-credit record: in force from `published_from` until the day before `max_until`.

    `points` are thousandths that a commendation adds; records of other classes add none.
    """

    id: str
    party: str
    record_class: str
    published_from: int
    min_until: int | None = None
    max_until: int | None = None
    repaired: bool = False
    points: int = 0

    def in_force(self, day: int) -> bool:
        """Published, not repaired and not past its longest period."""
        return not self.repaired and self.published_from <= day and (self.max_until is None or day < self.max_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What is known of a firm beside its events. Firms with one controller, legal person, phone, account or address
    share a `group`. `public_grade` and `stepped_up_day` are what was last published.
    """

    id: str
    group: str = ""
    anchor: bool = False
    public_grade: dict[str, str] = field(default_factory=dict[str, str])
    stepped_up_day: dict[str, int] = field(default_factory=dict[str, int])


GOOD = MICRO
