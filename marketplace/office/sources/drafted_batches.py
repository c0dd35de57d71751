"""Payouts that wait for a second person."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.payouts.models import BatchStatus, Payout, PayoutBatch
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.money import Money
from marketplace.kernel.words import gettext
from marketplace.office.queue import Desk, QueueItem, Waiting
from marketplace.ui.formats import money

ANSWERED_WITHIN_DAYS = 1


class DraftedBatches:
    """For every clerk but the one who drafted the batch, who cannot approve it."""

    name = "payouts"

    def label(self) -> str:
        return gettext("结算等复核")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        if OfficeRole.FINANCE not in desk.actor.office_roles:
            return Waiting()
        rows = session.execute(
            select(
                PayoutBatch,
                func.sum(Payout.amount),
                func.count(Payout.enterprise_id.distinct()),
                func.count(),
                func.count().over(),
            )
            .join(Payout, Payout.batch_id == PayoutBatch.id)
            .where(
                PayoutBatch.park_id == desk.actor.park_id,
                PayoutBatch.status == BatchStatus.DRAFTED,
                PayoutBatch.created_by != desk.actor.user_id,
            )
            .group_by(PayoutBatch.id)
            .order_by(PayoutBatch.created_at, PayoutBatch.id)
            .limit(desk.most)
        ).all()
        items = [
            QueueItem(
                key=f"{self.name}:{batch.public_id}",
                title=gettext("复核结算批次 %(sum)s", sum=money(Money(int(amount), batch.currency))),
                note=gettext("%(who)s 制单，%(n)s 笔", who=batch.created_by_name, n=payouts),
                since=batch.created_at,
                deadline=desk.days.after(batch.created_at, ANSWERED_WITHIN_DAYS),
                impact=gettext("%(n)s 家企业等着收款", n=firms),
                weight=int(amount),
                url=url_for("billing_batches.show", payout_batch=batch.public_id),
            )
            for batch, amount, firms, payouts, _ in rows
        ]
        return Waiting(items, rows[0][4] if rows else 0)
