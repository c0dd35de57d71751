"""Index and search rows follow the listings: a job per change and side builds the documents from current SQL."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.events import StandingChanged
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine, service
from marketplace.discovery.row_keeping import keep_rows, outdated_ids
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
    _index(session, _listings_of(session, event))


def _listings_of(session: Session, event: StandingChanged) -> list[int]:
    ids = select(Listing.id).where(Listing.enterprise_id == event.enterprise_id, Listing.park_id == event.park_id)
    return list(session.scalars(ids))


def keep_row(session: Session, event: ListingPublished | ListingChanged | ListingWithdrawn, *, clock: Clock) -> None:
    """Write, or take out, one listing's search row; the engine may be down meanwhile."""
    del clock
    keep_rows(session, [event.listing_id])


def keep_many_rows(session: Session, event: ListingsMoved, *, clock: Clock) -> None:
    """As `keep_row`, many at once."""
    del clock
    keep_rows(session, event.listing_ids)


def keep_rows_of_firm(session: Session, event: StandingChanged, *, clock: Clock) -> None:
    """As `index_firm`, for the search rows."""
    del clock
    keep_rows(session, _listings_of(session, event))


def _index(session: Session, listing_ids: list[int]) -> None:
    documents, deletions = ListingSource(session).current(listing_ids)
    service().write(documents, deletions)


@job("discovery.repair_index", cron="*/10 * * * *")
def repair_index(session: Session, *, clock: Clock) -> None:
    """Compare the index with the listings, and mend what differs."""
    del clock
    repair(engine(), ListingSource(session))


@job("discovery.repair_rows", cron="*/10 * * * *")
def repair_rows(session: Session, *, clock: Clock) -> None:
    """Compare the search rows with the listings, and mend what differs."""
    del clock
    keep_rows(session, outdated_ids(session))


SUBSCRIPTIONS = (
    Subscription(ListingPublished, index_listing, "discovery.index_published"),
    Subscription(ListingChanged, index_listing, "discovery.index_changed"),
    Subscription(ListingWithdrawn, index_listing, "discovery.index_withdrawn"),
    Subscription(ListingsMoved, index_listings, "discovery.index_moved"),
    Subscription(StandingChanged, index_firm, "discovery.index_firm"),
    Subscription(ListingPublished, keep_row, "discovery.row_published"),
    Subscription(ListingChanged, keep_row, "discovery.row_changed"),
    Subscription(ListingWithdrawn, keep_row, "discovery.row_withdrawn"),
    Subscription(ListingsMoved, keep_many_rows, "discovery.rows_moved"),
    Subscription(StandingChanged, keep_rows_of_firm, "discovery.rows_of_firm"),
)
