"""People who ask to join a firm that is known already."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, FirmMember, Membership, MemberStatus, User
from marketplace.kernel.words import gettext
from marketplace.office.queue import Desk, QueueItem, Waiting

ANSWERED_WITHIN_DAYS = 3


class JoinRequests:
    """The firm's owner may decide as well; the office steps in when nobody there does."""

    name = "join_requests"

    def label(self) -> str:
        return gettext("加入企业")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        rows = session.execute(
            select(FirmMember, User.name, Enterprise, func.count().over())
            .join(User, User.id == FirmMember.user_id)
            .join(Enterprise, Enterprise.id == FirmMember.enterprise_id)
            .join(Membership, Membership.enterprise_id == Enterprise.id)
            .where(Membership.park_id == desk.actor.park_id, FirmMember.status == MemberStatus.REQUESTED)
            .order_by(FirmMember.since, FirmMember.id)
            .limit(desk.most)
        ).all()
        items = [
            QueueItem(
                key=f"{self.name}:{member.public_id}",
                title=gettext("%(person)s 申请加入企业", person=person),
                note=firm.name(desk.locale),
                since=member.since,
                deadline=desk.days.after(member.since, ANSWERED_WITHIN_DAYS),
                impact=gettext("企业负责人也可以处理"),
                url=url_for("office_pages.firm", enterprise=firm.public_id, tab="people"),
            )
            for member, person, firm, _ in rows
        ]
        return Waiting(items, rows[0][3] if rows else 0)
