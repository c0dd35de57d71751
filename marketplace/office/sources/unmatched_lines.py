"""Money that the bank has and nobody has claimed yet."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.statements.models import LineStatus, StatementLine
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.money import Money
from marketplace.kernel.words import gettext
from marketplace.office.queue import Desk, QueueItem, Waiting
from marketplace.ui.formats import money

ANSWERED_WITHIN_DAYS = 1
"""Working days: a payer's time to pay runs meanwhile."""


class UnmatchedLines:
    """The clerk's; the larger the amount, the sooner."""

    name = "bank_lines"

    def label(self) -> str:
        return gettext("待认领的到账")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        if OfficeRole.FINANCE not in desk.actor.office_roles:
            return Waiting()
        rows = session.execute(
            select(StatementLine, func.count().over())
            .where(StatementLine.park_id == desk.actor.park_id, StatementLine.status == LineStatus.UNMATCHED)
            .order_by(StatementLine.id)
            .limit(desk.most)
        ).all()
        return Waiting([self._item(line, desk) for line, _ in rows], rows[0][1] if rows else 0)

    def _item(self, line: StatementLine, desk: Desk) -> QueueItem:
        came_in, amount = line.amount > 0, money(Money(abs(line.amount), line.currency))
        return QueueItem(
            key=f"{self.name}:{line.public_id}",
            title=gettext("认领到账 %(sum)s", sum=amount) if came_in else gettext("核对支出 %(sum)s", sum=amount),
            note=line.counterparty or line.memo,
            since=line.at,
            deadline=desk.days.after(line.at, ANSWERED_WITHIN_DAYS),
            impact=gettext("付款方等着确认") if came_in else gettext("账簿和银行对不上"),
            weight=abs(line.amount),
            url=url_for("billing_statements.line", bank_line=line.public_id),
        )
