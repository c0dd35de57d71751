"""Reads of contracts: their two firms see them, and the park office."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from billing.contracts.models import BuyOutQuote, Contract, ContractStatus, Period, PeriodStatus
from billing.cursors import id_after
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of


def _visible(actor: Actor) -> Select[Contract]:
    rows = (
        select(Contract)
        .where(Contract.park_id == actor.park_id)
        .options(joinedload(Contract.supplier), joinedload(Contract.demander))
    )
    if actor.enterprise_id is None and (actor.is_office or actor.is_system):
        return rows
    firm = actor.require_firm()
    return rows.where(or_(Contract.supplier_id == firm, Contract.demander_id == firm))


def contract_of(session: Session, public_id: str, *, actor: Actor) -> Contract:
    """One contract. Raises `NotFound` for whoever is no party to it."""
    contract = session.scalar(_visible(actor).where(Contract.public_id == public_id))
    if contract is None:
        raise NotFound("contract")
    return contract


def contracts_of(
    session: Session,
    *,
    actor: Actor,
    status: ContractStatus | None = None,
    cursor: str | None = None,
    size: int = 20,
) -> Page[Contract]:
    """The firm's contracts, newest first; `status` keeps those that stand so."""
    rows = _visible(actor).order_by(Contract.id.desc()).limit(size + 1)
    if status is not None:
        rows = rows.where(Contract.status == status)
    if after := id_after(cursor):
        rows = rows.where(Contract.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(contract: Contract) -> tuple[int]:
    return (contract.id,)


def periods_of(session: Session, contract: Contract) -> Sequence[Period]:
    """All periods with their bills, oldest first."""
    rows = select(Period).where(Period.contract_id == contract.id).options(joinedload(Period.bill))
    return session.scalars(rows.order_by(Period.number)).all()


def paid_instalments(session: Session, contract: Contract) -> int:
    """How many instalments are settled, without a gap from the first."""
    unpaid = session.scalar(
        select(func.min(Period.number)).where(Period.contract_id == contract.id, Period.status != PeriodStatus.SETTLED)
    )
    if unpaid is not None:
        return unpaid - 1
    return session.scalar(select(func.count()).where(Period.contract_id == contract.id)) or 0


def quote_of(session: Session, public_id: str, *, actor: Actor) -> BuyOutQuote:
    """A buy-out quote, locked for a change. Raises `NotFound` for whoever is no party to its contract."""
    quote = session.scalar(
        select(BuyOutQuote)
        .where(
            BuyOutQuote.public_id == public_id,
            BuyOutQuote.contract_id.in_(_visible(actor).with_only_columns(Contract.id)),
        )
        .with_for_update()
    )
    if quote is None:
        raise NotFound("quote")
    return quote


def standing_quote(session: Session, contract: Contract) -> BuyOutQuote | None:
    """The newest quote of a contract."""
    return session.scalar(
        select(BuyOutQuote).where(BuyOutQuote.contract_id == contract.id).order_by(BuyOutQuote.id.desc()).limit(1)
    )
