"""Bank accounts: where enterprises are paid, and the custody account into which everybody pays."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.payouts.models import AccountPurpose, BankAccount
from billing.payouts.operations.access import CLERK
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepBankAccount:
    """Where the acting firm is paid; for the park office, the custody account or the platform's own."""

    holder: str
    bank: str
    number: str
    purpose: AccountPurpose = AccountPurpose.CUSTODY
    """Of the office's two accounts; a firm has one."""


def keep_bank_account(session: Session, command: KeepBankAccount, *, actor: Actor, clock: Clock) -> BankAccount:
    """Write down, or change, a bank account. Payouts already queued keep the account they were queued for.

    Raises `Invalid` `bank_account_number`; `Forbidden` without the role of the firm's finance or of the clerk.
    """
    firm = actor.enterprise_id
    if firm is None:
        actor.require_office(*CLERK)
        purpose = command.purpose
    else:
        actor.require_firm(FirmRole.FINANCE)
        purpose = AccountPurpose.PAYOUT
    if firm is None and purpose is AccountPurpose.PAYOUT:
        raise Invalid("account_purpose", fields={"purpose": ["account_purpose"]})
    number = re.sub(r"[\s-]", "", command.number)
    if not re.fullmatch(r"[0-9A-Za-z]{6,34}", number):
        raise Invalid("bank_account_number", fields={"number": ["bank_account_number"]})
    known = session.scalar(
        select(BankAccount)
        .where(
            BankAccount.park_id == actor.park_id,
            BankAccount.enterprise_id.is_not_distinct_from(firm),
            BankAccount.purpose == purpose,
        )
        .with_for_update()
    )
    before: JSON | None = None
    if known is None:
        known = BankAccount(
            park_id=actor.park_id,
            enterprise_id=firm,
            holder=command.holder,
            bank=command.bank,
            number=number,
            purpose=purpose,
            updated_at=clock(),
        )
        session.add(known)
    else:
        before = {"holder": known.holder, "bank": known.bank, "number": known.number}
        known.holder, known.bank, known.number, known.updated_at = command.holder, command.bank, number, clock()
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action="bank_account.kept",
        subject=f"bank_account:{known.public_id}",
        before=before,
        after={"holder": known.holder, "bank": known.bank, "number": known.number},
    )
    return known


def bank_account_of(session: Session, enterprise_id: int | None, *, actor: Actor) -> BankAccount | None:
    """The enterprise's account in the actor's park; for None the park's custody account."""
    return _account(
        session, enterprise_id, AccountPurpose.CUSTODY if enterprise_id is None else AccountPurpose.PAYOUT, actor
    )


def platform_account_of(session: Session, *, actor: Actor) -> BankAccount | None:
    """The platform's own account in the actor's park, to which commission goes."""
    return _account(session, None, AccountPurpose.PLATFORM, actor)


def _account(session: Session, firm: int | None, purpose: AccountPurpose, actor: Actor) -> BankAccount | None:
    return session.scalar(
        select(BankAccount).where(
            BankAccount.park_id == actor.park_id,
            BankAccount.enterprise_id.is_not_distinct_from(firm),
            BankAccount.purpose == purpose,
        )
    )
