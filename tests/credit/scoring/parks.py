"""A small park of made-up firms and events for tests of the scorer."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from credit.scoring.batch import Known, rate_all
from credit.scoring.events import Event, Party
from credit.scoring.model import shipped_model
from credit.scoring.rating import Rating

MODEL = shipped_model()
TODAY = date(2026, 11, 28).toordinal()
ANCHORS = {f"anchor{n}": Party(id=f"anchor{n}", anchor=True) for n in range(30)}
FULL = 10_000_000


def event(**facts) -> Event:
    """A good handover of today with an anchor firm, at full size, unless told otherwise."""
    given = {
        "id": "e",
        "party": "firm",
        "role": "supplier",
        "dimension": "handover",
        "x": 1_000_000,
        "day": TODAY,
        "order": "order:" + str(facts.get("id", "e")),
        "counterparty": "anchor0",
        "amount": FULL,
    }
    return Event(**(given | facts))


def ratings(events, *, parties=ANCHORS, records=(), day=TODAY) -> list[Rating]:
    return rate_all(Known(events=list(events), parties=parties, records=records), MODEL, day=day)


def rating(events, *, party="firm", role="supplier", **beside) -> Rating:
    """The firm's rating; a firm without events stands at the base."""
    found = {(row.party, row.role): row for row in ratings(events, **beside)}
    return found[party, role]


def full_history(*, good=6, day=TODAY - 200) -> list[Event]:
    """Good orders of ten anchor firms in every dimension, a month apart."""
    return [
        event(id=f"h{n}-{name}", dimension=name, order=f"order:h{n}", counterparty=f"anchor{n}", day=day + n * 31)
        for n in range(good)
        for name in MODEL.roles["supplier"]
    ]


@st.composite
def histories(draw, *, least=0, most=14):
    """Events about one firm of one dimension or several, in states and sizes of all kinds."""
    count = draw(st.integers(least, most))
    return [
        event(
            id=f"h{n}",
            dimension=draw(st.sampled_from(list(MODEL.roles["supplier"]))),
            x=draw(st.sampled_from([0, 250_000, 500_000, 900_000, 1_000_000])),
            day=TODAY - draw(st.integers(0, 900)),
            order=f"order:{draw(st.integers(0, 6))}",
            counterparty=draw(st.sampled_from([*list(ANCHORS)[:8], "stranger", ""])),
            amount=draw(st.sampled_from([None, 5_000, 100_000, 1_000_000, FULL])),
            state=draw(st.sampled_from(["final", "final", "final", "upheld", "provisional", "dismissed", "contested"])),
            paid=draw(st.booleans()),
        )
        for n in range(count)
    ]


def moved(one: Event, **facts) -> Event:
    return replace(one, **facts)
