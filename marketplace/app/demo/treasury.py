"""The clerks' part of the history: bank accounts, statements read and mended, payouts drafted by one and let go by another."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind
from billing.ledger.models import Account
from billing.payments.models import FundsRequest
from billing.payouts.models import Payout
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.batches import DecideBatch, approve_batch, draft_batch, send_batch
from billing.payouts.operations.paying import confirm_paid
from billing.payouts.operations.queueing import queue_due_payouts
from billing.statements.models import LineStatus, StatementLine
from billing.statements.operations import (
    ImportStatement,
    MatchLine,
    import_statement,
    match_line,
    set_line_aside,
)
from marketplace.accounts.models import Enterprise
from marketplace.app.demo.bank import TIME_ZONE, Bank, Transfer
from marketplace.app.demo.payments import READ_AT, STATEMENTS_SINCE
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError

BANKS = ("工商银行苏州园区支行", "建设银行云溪支行", "农业银行苏州分行", "招商银行苏州分行", "苏州银行云溪支行")
RARELY, OFTEN = timedelta(days=63), timedelta(days=14)
DAY = timedelta(days=1)
LEFT_TO_VISITORS = timedelta(days=4)
"""What came in unmatched since then still waits for a clerk."""
STRANGERS = (("苏州云岭贸易有限公司", 1_280_00, "往来款"), ("江苏恒通物流有限公司", 3_600_00, "运费 请查收"))
FEE_MEMO = "账户管理费"


class Treasury:
    """Adds the park's payment office to the timeline. `clerks` are two: whoever drafts does not approve."""

    def __init__(self, timeline: Timeline, bank: Bank, clerks: Sequence[Actor], *, now: datetime) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._bank = bank
        self._first, self._second = clerks
        self._now = now

    def open_custody(self, *, at: datetime) -> None:
        account = KeepBankAccount(holder="云溪智造园资金存管专户", bank=BANKS[0], number="1102028819000668899")
        self._timeline.add(at, lambda clock: keep_bank_account(self._session, account, actor=self._first, clock=clock))

    def keep_account_of(self, enterprise_id: int, actor: Actor, *, clock: Clock) -> None:
        """A firm that joins says where it is paid."""
        firm = self._session.get_one(Enterprise, enterprise_id)
        bank = BANKS[enterprise_id % len(BANKS)]
        account = KeepBankAccount(holder=firm.name_zh, bank=bank, number=firm.bank_account)
        keep_bank_account(self._session, account, actor=actor, clock=clock)

    def plan(self, since: datetime) -> None:
        """Payouts every two months, every two weeks of late; statements twice a day; one batch that still waits this morning."""
        told_since = self._now - STATEMENTS_SINCE
        at = since
        while at < self._now - LEFT_TO_VISITORS:
            self._timeline.add(at, self._pay_out)
            at += RARELY if at + RARELY < told_since else OFTEN
        for day in _days(told_since, self._now):
            for hour, minute in READ_AT:
                self._timeline.add(datetime.combine(day, time(hour, minute), TIME_ZONE), self._read_statement)
        for number, (holder, amount, memo) in enumerate(STRANGERS):
            stray = Transfer(
                at=self._now - (2 + number) * DAY, amount=amount, holder=holder, account=f"3225{number:08d}", memo=memo
            )
            self._bank.book(stray)
        self._bank.book(Transfer(at=told_since + 6 * DAY, amount=-50_00, holder=BANKS[0], account="", memo=FEE_MEMO))
        self._timeline.add(self._now - timedelta(hours=40), self._draft_only)
        self._timeline.add(self._now - timedelta(hours=2), lambda clock: queue_due_payouts(self._session, clock=clock))

    def _pay_out(self, clock: Clock) -> None:
        """Everything owed goes into one file; the second clerk lets it go, the bank books it by the next morning."""
        queue_due_payouts(self._session, clock=clock)
        with suppress(DomainError), self._timeline.trying():
            batch = draft_batch(self._session, actor=self._first, clock=clock)
            command = DecideBatch(batch=batch.public_id, digest=batch.digest)
            batch_id = batch.id
            self._timeline.add(clock() + timedelta(hours=3), self._letting_go(command, batch_id))

    def _letting_go(self, command: DecideBatch, batch_id: int) -> Callable[[Clock], None]:
        def let_go(clock: Clock) -> None:
            approve_batch(self._session, command, actor=self._second, clock=clock)
            send_batch(self._session, command, actor=self._second, clock=clock)
            self._timeline.add(clock() + timedelta(hours=15), lambda later: self._bank_pays(batch_id, later))

        return let_go

    def _bank_pays(self, batch_id: int, clock: Clock) -> None:
        payouts = self._session.scalars(select(Payout).where(Payout.batch_id == batch_id).order_by(Payout.id)).all()
        for payout in payouts:
            if clock() < self._now - STATEMENTS_SINCE:
                confirm_paid(self._session, payout.id, actor=self._first, clock=clock)
            else:
                self._bank.book(
                    Transfer(
                        at=clock(),
                        amount=-payout.amount,
                        holder=payout.holder,
                        account=payout.number,
                        memo=payout.reference,
                    )
                )

    def _draft_only(self, clock: Clock) -> None:
        queue_due_payouts(self._session, clock=clock)
        with suppress(DomainError), self._timeline.trying():
            draft_batch(self._session, actor=self._first, clock=clock)

    def _read_statement(self, clock: Clock) -> None:
        """The bank's file of the half day, then yesterday's lines that named nobody."""
        self._mend(clock)
        body = self._bank.statement(opening=self._in_custody(), until=clock())
        if body is None:
            return
        command = ImportStatement(name=f"custody-{clock():%Y%m%d-%H%M}.csv", body=body)
        import_statement(self._session, command, actor=self._first, clock=clock)

    def _in_custody(self) -> int:
        total = select(func.coalesce(func.sum(Account.balance), 0)).where(Account.kind == AccountKind.CUSTODY)
        return int(self._session.scalar(total) or 0)

    def _mend(self, clock: Clock) -> None:
        """The payer is known by name, and asks for one amount: that is the request meant. The bank's fee is put aside."""
        if clock() > self._now - LEFT_TO_VISITORS:
            return
        waiting = select(StatementLine).where(StatementLine.status == LineStatus.UNMATCHED).order_by(StatementLine.id)
        for line in self._session.scalars(waiting).all():
            with suppress(DomainError), self._timeline.trying():
                if line.amount < 0:
                    note = "银行收取，转财务入账"
                    set_line_aside(self._session, line.public_id, note=note, actor=self._first, clock=clock)
                elif (meant := self._meant(line)) is not None:
                    wish = MatchLine(line=line.public_id, request=meant, note="按付款单位和金额核对")
                    match_line(self._session, wish, actor=self._first, clock=clock)

    def _meant(self, line: StatementLine) -> str | None:
        asked = (
            select(FundsRequest.public_id)
            .join(Enterprise, Enterprise.id == FundsRequest.payer_id)
            .where(Enterprise.name_zh == line.counterparty, FundsRequest.total_amount == line.amount)
        )
        return self._session.scalar(asked.order_by(FundsRequest.id.desc()).limit(1))


def _days(since: datetime, until: datetime) -> list[datetime]:
    """Working days of the clerks: every day but Sunday."""
    count = (until - since) // DAY
    days = [(since + number * DAY).astimezone(TIME_ZONE) for number in range(count)]
    return [day for day in days if day.weekday() < 6]
