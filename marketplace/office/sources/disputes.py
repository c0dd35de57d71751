"""Disputes about orders that wait for the park's decision."""

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.kernel.words import gettext
from marketplace.office.queue import Desk, QueueItem, Waiting
from marketplace.orders.disputes.queries import waiting_disputes
from marketplace.ui.formats import money


class Disputes:
    """One that its other side has not answered yet can be decided once the time to answer is over."""

    name = "disputes"

    def label(self) -> str:
        return gettext("争议")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        found = waiting_disputes(session, actor=desk.actor, most=desk.most)
        items = [
            QueueItem(
                key=f"{self.name}:{dispute.public_id}",
                title=gettext("订单 %(number)s 的争议", number=dispute.order.number),
                note=f"{dispute.order.supplier.name(desk.locale)} · {dispute.order.demander.name(desk.locale)}",
                since=dispute.opened_at,
                deadline=dispute.answer_by,
                impact=gettext("涉及 %(amount)s，款项已停", amount=money(dispute.order.total_amount)),
                url=url_for("orders_disputes.look", dispute=dispute.public_id),
                weight=dispute.order.total_amount,
            )
            for dispute in found
        ]
        return Waiting(items, len(items))
