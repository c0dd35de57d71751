"""The index follows the rows: a job per change builds the documents from current SQL and writes them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.events import StandingChanged
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine, service
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import job
from marketplace.listings.events import ListingChanged, ListingPublished, ListingsMoved, ListingWithdrawn
from marketplace.listings.models import Listing
from search.maintenance import repair


def index_listing(
    session: Session, event: ListingPublished | ListingChanged | ListingWithdrawn, *, clock: Clock
) -> None:
    """Write, or take out, one listing's document."""
    del clock
    _index(session, [event.listing_id])


def index_listings(session: Session, event: ListingsMoved, *, clock: Clock) -> None:
    """As `index_listing`, many at once."""
    del clock
    _index(session, event.listing_ids)


def index_firm(session: Session, event: StandingChanged, *, clock: Clock) -> None:
    """A suspended firm's listings cannot be found; a restored one's can again."""
    del clock
    ids = select(Listing.id).where(Listing.enterprise_id == event.enterprise_id, Listing.park_id == event.park_id)
    _index(session, list(session.scalars(ids)))


def _index(session: Session, listing_ids: list[int]) -> None:
    documents, deletions = ListingSource(session).current(listing_ids)
    service().write(documents, deletions)


@job("discovery.repair_index", cron="*/10 * * * *")
def repair_index(session: Session, *, clock: Clock) -> None:
    """Compare index and rows, and mend what differs."""
    del clock
    repair(engine(), ListingSource(session))


SUBSCRIPTIONS = (
    Subscription(ListingPublished, index_listing, "discovery.index_published"),
    Subscription(ListingChanged, index_listing, "discovery.index_changed"),
    Subscription(ListingWithdrawn, index_listing, "discovery.index_withdrawn"),
    Subscription(ListingsMoved, index_listings, "discovery.index_moved"),
    Subscription(StandingChanged, index_firm, "discovery.index_firm"),
)
