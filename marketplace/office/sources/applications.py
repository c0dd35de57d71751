"""Firms that ask to be admitted."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Membership, MembershipStatus
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing, ListingStatus
from marketplace.office.queue import Desk, QueueItem, Waiting

ANSWERED_WITHIN_DAYS = 1
"""Working days, as the application form promises."""


class Applications:
    """Answered by the end of the next working day; what hangs on it are the drafts the firm has made meanwhile."""

    name = "applications"

    def label(self) -> str:
        return gettext("入园")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        mine = (Membership.park_id == desk.actor.park_id, Membership.status == MembershipStatus.APPLIED)
        drafts = (
            select(func.count(Listing.id))
            .where(Listing.enterprise_id == Enterprise.id, Listing.park_id == desk.actor.park_id)
            .where(Listing.status == ListingStatus.DRAFT, Listing.withheld_reason.is_(None))
            .scalar_subquery()
        )
        rows = session.execute(
            select(Enterprise, Membership.applied_at, drafts, func.count().over())
            .join(Membership, Membership.enterprise_id == Enterprise.id)
            .where(*mine)
            .order_by(Membership.applied_at, Membership.id)
            .limit(desk.most)
        ).all()
        items = [
            QueueItem(
                key=f"{self.name}:{firm.public_id}",
                title=gettext("入园申请：%(firm)s", firm=firm.name(desk.locale)),
                note=firm.uscc,
                since=applied_at,
                deadline=desk.days.after(applied_at, ANSWERED_WITHIN_DAYS),
                impact=gettext("%(count)s 条草稿等准入后发布", count=count) if count else gettext("企业还不能供需"),
                weight=count,
                url=url_for("office_pages.firm", enterprise=firm.public_id),
            )
            for firm, applied_at, count, _ in rows
        ]
        return Waiting(items, rows[0][3] if rows else 0)
