"""How long a million events take to be rated anew, and one event of a busy firm: `python -m bench.rerating [EVENTS]`.

Budget: 5 s on two cores for all of them, 50 ms for one event. The floor row groups the same events by party only.
"""

import gc
import random
import sys
import time

from credit.scoring.batch import Known, context_of, rate_all
from credit.scoring.events import Event, Party
from credit.scoring.model import shipped_model
from credit.scoring.rating import rate

TODAY = 740_000
PARTIES = 5_000
BUDGET_SECONDS, BUDGET_ONE_MS = 5, 50


def events(count: int) -> list[Event]:
    """A park's events of three years: five dimensions an order, 4 % faults, amounts between 100 and 200,000 yuan."""
    draw, model = random.Random(5), shipped_model()
    dimensions = {role: list(names) for role, names in model.roles.items()}
    made: list[Event] = []
    while len(made) < count:
        order, (one, other) = len(made), draw.sample(range(PARTIES), 2)
        role, day = ("supplier", "demander")[order % 2], TODAY - draw.randrange(1100)
        amount = int(10 ** draw.uniform(4, 7.3))
        made += [
            Event(
                id=f"e{order}-{name}",
                party=f"p{one}",
                role=role,
                dimension=name,
                x=0 if draw.random() < 0.04 else 1_000_000,
                day=day,
                order=f"o{order}",
                counterparty=f"p{other}",
                amount=amount,
            )
            for name in dimensions[role]
        ]
    return made[:count]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    model, parties = shipped_model(), {f"p{n}": Party(id=f"p{n}", anchor=True) for n in range(20)}
    known = Known(events=events(count), parties=parties)
    gc.freeze()
    started = time.process_time()
    by_party: dict[str, list[Event]] = {}
    for event in known.events:
        by_party.setdefault(event.party, []).append(event)
    floor = time.process_time() - started
    wall, started = time.perf_counter(), time.process_time()
    ratings = rate_all(known, model, day=TODAY, with_rows=False)
    spent, wall = time.process_time() - started, time.perf_counter() - wall
    print(f"events {count}  ratings {len(ratings)}  floor (grouping) {floor:.2f} s CPU")
    print(f"re-rating {spent:.2f} s CPU, {wall:.2f} s wall, {spent / floor:.1f} x floor, budget {BUDGET_SECONDS} s")
    context, party = context_of(known, model, day=TODAY), max(by_party, key=lambda name: len(by_party[name]))
    started = time.process_time()
    rate(party, by_party[party], context)
    one = (time.process_time() - started) * 1000
    print(f"one event of a firm of {len(by_party[party])}: {one:.1f} ms CPU, budget {BUDGET_ONE_MS} ms")


if __name__ == "__main__":
    main()
