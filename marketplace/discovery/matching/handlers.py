"""When a demand opens, the owners of machines that fit learn of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.demands.confidentiality import mask_contacts
from marketplace.demands.events import DemandOpened
from marketplace.demands.models import Confidentiality, Demand, DemandStatus
from marketplace.demands.queries import with_parts
from marketplace.discovery.matching.facts import asked_of
from marketplace.discovery.matching.finding import listings_for
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.words import translate


def tell_matching_owners(session: Session, event: DemandOpened, *, clock: Clock) -> None:
    """One notice a firm, with its best machine; invited firms are told by their invitation."""
    demand = session.scalars(with_parts().where(Demand.id == event.demand_id)).one()
    if demand.status is not DemandStatus.OPEN or demand.confidentiality is Confidentiality.INVITED:
        return
    found = listings_for(session, asked_of(session, [demand])[0], now=clock())
    told: set[int] = set()
    for one in found.fits:
        listing = found.listings[one.listing_id]
        if listing.enterprise_id in told:
            continue
        told.add(listing.enterprise_id)
        notify(
            session,
            park_id=demand.park_id,
            to=Recipients(enterprise_id=listing.enterprise_id, firm_roles=(FirmRole.OPERATOR,)),
            code="demand.matches",
            facts={
                "zh": mask_contacts(demand.title("zh_CN")),
                "en": mask_contacts(demand.title("en")),
                "listing_zh": listing.title("zh_CN"),
                "listing_en": listing.title("en"),
            },
            link=f"/demands/{demand.public_id}",
            at=clock(),
            once_key=f"demand.matches:{demand.id}",
        )


def _matches(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    language = "en" if locale.startswith("en") else "zh"
    demand, listing = facts[language], facts[f"listing_{language}"]
    subject = translate(locale, "有一条需求适合您的设备：%(demand)s", demand=demand)
    return subject, translate(locale, "%(listing)s 能做。合适就报个价。", listing=listing)


WORDINGS: dict[str, Wording] = {"demand.matches": _matches}
SUBSCRIPTIONS = (Subscription(DemandOpened, tell_matching_owners, "discovery.tell_matching_owners"),)
