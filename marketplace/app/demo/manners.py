"""How firms keep their word, as shares of their orders; grades follow from what they do, nobody writes a score."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """As supplier: hands over late, has to do it again, steps back. As demander: calls off, does not pay, damages.

    `quarrels` is how often the other side goes to the park, `fault` how much of the price the park gives back then, in
    tenths; `stars` is what the other side usually gives.
    """

    late: float = 0.05
    reworks: float = 0.03
    steps_back: float = 0.01
    misses: float = 0.008
    calls_off: float = 0.06
    lapses: float = 0.03
    damages: float = 0.03
    quarrels: float = 0.015
    fault: int = 2
    stars: float = 4.5


MANNERS: Mapping[str, Manner] = {
    "steady": Manner(
        late=0.0,
        reworks=0.0,
        steps_back=0.0,
        misses=0.0,
        calls_off=0.03,
        lapses=0.0,
        damages=0.0,
        quarrels=0.0,
        stars=4.9,
    ),
    "usual": Manner(),
    "slow": Manner(late=0.5, steps_back=0.05, misses=0.03, quarrels=0.06, fault=4, stars=3.4),
    "sloppy": Manner(late=0.15, reworks=0.45, misses=0.02, quarrels=0.15, fault=6, stars=2.9),
    "unreliable": Manner(late=0.6, reworks=0.3, steps_back=0.3, misses=0.15, quarrels=0.25, fault=9, stars=1.8),
    "fickle": Manner(calls_off=0.35, misses=0.1, lapses=0.2, stars=3.3),
    "rough": Manner(calls_off=0.12, misses=0.04, lapses=0.08, damages=0.45, quarrels=0.05, stars=2.6),
}
