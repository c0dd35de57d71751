"""Reads of bills and the fapiao register: issuer, recipient, and the park office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from billing.bills.models import Bill, Fapiao
from billing.cursors import id_after
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of


class BillSide(StrEnum):
    """`owed`: what others ask of us; `issued`: what we ask of others."""

    OWED = "owed"
    ISSUED = "issued"


def _visible(actor: Actor) -> Select[Bill]:
    rows = (
        select(Bill).where(Bill.park_id == actor.park_id).options(joinedload(Bill.issuer), joinedload(Bill.recipient))
    )
    if actor.enterprise_id is None and (actor.is_office or actor.is_system):
        return rows
    firm = actor.require_firm()
    return rows.where(or_(Bill.issuer_id == firm, Bill.recipient_id == firm))


def bill_of(session: Session, public_id: str, *, actor: Actor) -> Bill:
    """One bill with its lines. Raises `NotFound` for whoever is no party to it."""
    bill = session.scalar(_visible(actor).options(selectinload(Bill.lines)).where(Bill.public_id == public_id))
    if bill is None:
        raise NotFound("bill")
    return bill


def bills_of(
    session: Session, *, actor: Actor, side: BillSide | None = None, cursor: str | None = None, size: int = 20
) -> Page[Bill]:
    """The firm's bills, newest first; `side` keeps those it owes or issued."""
    rows = _visible(actor).order_by(Bill.id.desc()).limit(size + 1)
    if side is BillSide.ISSUED:
        rows = rows.where(Bill.issuer_id == actor.require_firm())
    elif side is BillSide.OWED:
        rows = rows.where(Bill.recipient_id == actor.require_firm())
    if after := id_after(cursor):
        rows = rows.where(Bill.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Bill | Fapiao) -> tuple[int]:
    return (row.id,)


def corrections_of(session: Session, bill: Bill) -> Bill | None:
    """The bill that takes this one back, if any."""
    return session.scalar(select(Bill).where(Bill.corrects_id == bill.id))


@dataclass(frozen=True, slots=True)
class Statement:
    """What a firm was billed and billed others within a month, in minor units of one currency."""

    month: date
    currency: str
    owed: int
    owed_tax: int
    issued: int
    issued_tax: int
    bills: int


def monthly_statement(session: Session, *, actor: Actor, month: date) -> Sequence[Statement]:
    """One row a currency; corrections count with their minus."""
    firm = actor.require_firm()
    start = month.replace(day=1)
    end = (start.replace(year=start.year + 1, month=1)) if start.month == 12 else start.replace(month=start.month + 1)
    owed, issued = Bill.recipient_id == firm, Bill.issuer_id == firm
    rows = session.execute(
        select(
            Bill.currency,
            func.coalesce(func.sum(Bill.total).filter(owed), 0),
            func.coalesce(func.sum(Bill.tax).filter(owed), 0),
            func.coalesce(func.sum(Bill.total).filter(issued), 0),
            func.coalesce(func.sum(Bill.tax).filter(issued), 0),
            func.count(),
        )
        .where(Bill.park_id == actor.park_id, or_(owed, issued), Bill.issued_on >= start, Bill.issued_on < end)
        .group_by(Bill.currency)
        .order_by(Bill.currency)
    )
    return [Statement(start, currency, *(int(number) for number in rest)) for currency, *rest in rows]


def fapiaos_of(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Fapiao]:
    """The register: fapiao we issue and fapiao we get, newest first."""
    rows = _register(actor).order_by(Fapiao.id.desc()).limit(size + 1)
    if after := id_after(cursor):
        rows = rows.where(Fapiao.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def fapiao_of(session: Session, public_id: str, *, actor: Actor) -> Fapiao:
    """One fapiao, locked for a change. Raises `NotFound` for whoever is no party to its bill."""
    fapiao = session.scalar(_register(actor).where(Fapiao.public_id == public_id).with_for_update(of=Fapiao))
    if fapiao is None:
        raise NotFound("fapiao")
    return fapiao


def standing_fapiaos(session: Session, bill: Bill) -> Sequence[Fapiao]:
    """All fapiao of a bill, oldest first."""
    return session.scalars(select(Fapiao).where(Fapiao.bill_id == bill.id).order_by(Fapiao.id)).all()


def _register(actor: Actor) -> Select[Fapiao]:
    rows = (
        select(Fapiao)
        .join(Fapiao.bill)
        .where(Bill.park_id == actor.park_id)
        .options(
            joinedload(Fapiao.bill).joinedload(Bill.issuer),
            joinedload(Fapiao.bill).joinedload(Bill.recipient),
        )
    )
    if actor.enterprise_id is None and (actor.is_office or actor.is_system):
        return rows
    firm = actor.require_firm()
    return rows.where(or_(Bill.issuer_id == firm, Bill.recipient_id == firm))
