"""Objections to credit evidence, with the deadlines the rules of rating set."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.objections.models import OPEN, Objection, ObjectionStatus
from marketplace.accounts.models import Enterprise
from marketplace.kernel.words import gettext
from marketplace.office.queue import Desk, QueueItem, Waiting


class Objections:
    """First acknowledged within a working day, then decided; an objection undecided in time suspends its evidence."""

    name = "objections"

    def label(self) -> str:
        return gettext("信用异议")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        rows = session.execute(
            select(Objection, Enterprise, func.count().over())
            .join(Enterprise, Enterprise.id == Objection.enterprise_id)
            .where(Objection.park_id == desk.actor.park_id, Objection.status.in_(OPEN))
            .order_by(Objection.decide_by, Objection.id)
            .limit(desk.most)
        ).all()
        items = [
            QueueItem(
                key=f"{self.name}:{objection.public_id}",
                title=gettext("%(firm)s 对信用记录提出异议", firm=firm.name(desk.locale)),
                note=objection.reason[:80],
                since=objection.filed_at,
                deadline=objection.acknowledge_by if objection.status is ObjectionStatus.FILED else objection.decide_by,
                impact=gettext("逾期未决，该记录自动中止计分"),
                url=url_for("credit_pages.office_objection", objection=objection.public_id),
            )
            for objection, firm, _ in rows
        ]
        return Waiting(items, rows[0][2] if rows else 0)
