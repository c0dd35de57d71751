"""The order by fit: the words first, then headroom; a machine far too big for the job comes after one that suits it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.discovery.asking import Wish
from marketplace.listings.catalogue import AttributeValue, load_catalogue
from marketplace.listings.models import Listing
from search.service import Hit, Reorder
from search.understanding.results import Constraint

WORDS_SHARE = 0.6
HEADROOM_SHARE = 0.4
MODEST = 0.3
"""Up to so much more than was asked counts as suiting; beyond, the fit falls."""
ATTRIBUTES = select(Listing.id, Listing.attributes).where(
    Listing.id == any_(bindparam("listings", type_=ARRAY(BigInteger)))
)


def fitting_order(session: Session, wish: Wish) -> Reorder | None:
    """The reordering of the best candidates for a question with measured limits; None without such limits."""
    limits = [one for one in wish.understood.constraints if isinstance(one.value, int) and one.op != "="]
    if not limits:
        return None

    def order(hits: Sequence[Hit]) -> Sequence[Hit]:
        ids = [hit.id for hit in hits]
        attributes = {row[0]: row[1] for row in session.execute(ATTRIBUTES, {"listings": ids})}
        best = max((hit.score for hit in hits), default=0.0) or 1.0
        scores = {
            hit.id: WORDS_SHARE * hit.score / best + HEADROOM_SHARE * headroom(limits, attributes.get(hit.id, {}))
            for hit in hits
        }
        return sorted(hits, key=lambda hit: (-round(scores[hit.id], 6), hit.id))

    return order


def headroom(limits: Sequence[Constraint], attributes: Mapping[str, AttributeValue]) -> float:
    """How well the sizes suit, 0 to 1, the mean over the limits: 1 with a modest margin, less the bigger it is."""
    parts = [_suits(limit, attributes.get(limit.attribute)) for limit in limits]
    return sum(parts) / len(parts) if parts else 0.0


def _suits(limit: Constraint, value: AttributeValue | None) -> float:
    margin = margin_of(limit, value)
    if margin is None or margin < 0:
        return 0.0
    if margin <= MODEST or _is_better_without_end(limit):
        return 1.0
    return max(0.2, 1.0 - (margin - MODEST) / 3)


def _is_better_without_end(limit: Constraint) -> bool:
    """A finer accuracy is never too fine; only what must be at least so big can be far too big."""
    definition = load_catalogue().attributes.get(limit.attribute)
    return limit.op == "<=" and definition is not None and definition.better == "lower"


def margin_of(limit: Constraint, value: AttributeValue | None) -> float | None:
    """How far a value is beyond its limit, as a share of the limit; negative when it falls short, None when unknown."""
    actual, wanted = reached(limit, value), limit.value
    if actual is None or not isinstance(wanted, int):
        return None
    gap = actual - wanted if limit.op == ">=" else wanted - actual
    return gap / abs(wanted) if wanted else float(gap)


def reached(limit: Constraint, value: AttributeValue | None) -> int | None:
    """The end of a value that the limit speaks of: of a range its upper end for at least, its lower for at most."""
    if value is None:
        return None
    if "number" in value:
        return value["number"]
    return value.get("max") if limit.op == ">=" else value.get("min")
