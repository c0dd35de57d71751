"""Listings that firms have submitted, one item a firm: a ledger of 86 machines is one decision, not 86 lines."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing, ListingStatus
from marketplace.office.queue import Desk, QueueItem, Waiting

ANSWERED_WITHIN_DAYS = 2


class SubmittedListings:
    """The oldest listing of the firm opens first; the review page can pass all of them at once."""

    name = "listings"

    def label(self) -> str:
        return gettext("供给")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        since = func.min(func.coalesce(Listing.submitted_at, Listing.updated_at))
        count = func.count(Listing.id)
        rows = session.execute(
            select(Enterprise, since, count, func.min(Listing.id), func.sum(count).over())
            .join(Listing, Listing.enterprise_id == Enterprise.id)
            .where(Listing.park_id == desk.actor.park_id, Listing.status == ListingStatus.IN_REVIEW)
            .group_by(Enterprise.id)
            .order_by(since, Enterprise.id)
            .limit(desk.most)
        ).all()
        first = {row[3] for row in rows}
        listings = {one.id: one for one in session.scalars(select(Listing).where(Listing.id.in_(first)))}
        items = [
            QueueItem(
                key=f"{self.name}:{firm.public_id}",
                title=gettext("%(firm)s 提交 %(count)s 条供给", firm=firm.name(desk.locale), count=number),
                note=listings[listing_id].title(desk.locale),
                since=at,
                deadline=desk.days.after(at, ANSWERED_WITHIN_DAYS),
                impact=gettext("%(count)s 条等着上线", count=number),
                weight=number,
                url=url_for("listings_review.look", public_id=listings[listing_id].public_id),
            )
            for firm, at, number, listing_id, _ in rows
        ]
        return Waiting(items, int(rows[0][4]) if rows else 0)
