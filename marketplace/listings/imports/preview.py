"""What a plan would do, as the page and the API show it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from marketplace.listings.imports.ledger_words import changed_fields, words_of
from marketplace.listings.imports.planning import ImportPlan, Step, Verdict
from marketplace.listings.ledger.outcome import LedgerListing, LedgerOutcome, Severity
from marketplace.listings.models import Listing, Unit


def preview_of(session: Session, outcome: LedgerOutcome, plan: ImportPlan) -> dict[str, Any]:
    """Counts, and one item per step and withdrawal in the order of the file."""
    said = _said(session, [step.listing_id for step in plan.steps if step.listing_id is not None])
    items = [_item(outcome.listings[step.at], step, said) for step in plan.steps]
    gone = _withdrawn(session, plan)
    return {
        "counts": {
            **{verdict.value: plan.count(verdict) for verdict in Verdict},
            "withdraw": len(gone),
            "new_units": sum(
                len(step.added) for step in plan.steps if step.verdict in {Verdict.CREATE, Verdict.UPDATE}
            ),
            "withheld": sum(1 for item in items if item["is_withheld"] and item["verdict"] == Verdict.CREATE),
            "untyped": sum(1 for item in items if item["type"] is None and item["verdict"] == Verdict.CREATE),
            "errors": _count(outcome, Severity.ERROR),
            "warnings": _count(outcome, Severity.WARNING),
            "infos": _count(outcome, Severity.INFO),
        },
        "items": items,
        "withdrawals": gone,
    }


def _count(outcome: LedgerOutcome, severity: Severity) -> int:
    return sum(1 for message in outcome.messages if message.severity is severity)


def _said(session: Session, listing_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    listings = session.scalars(
        select(Listing).where(Listing.id.in_(set(listing_ids))).options(undefer(Listing.ledger_said))
    )
    return {listing.id: listing.ledger_said or {} for listing in listings}


def _item(ledger: LedgerListing, step: Step, said: dict[int, dict[str, Any]]) -> dict[str, Any]:
    changes: list[str] = []
    if step.verdict is Verdict.UPDATE and step.listing_id is not None:
        changes = changed_fields(said.get(step.listing_id, {}), words_of(ledger))
    assets = [asset for _, asset in step.matched] + step.added
    return {
        "verdict": step.verdict.value,
        "name": ledger.name,
        "model": ledger.model,
        "type": ledger.resource_type,
        "quantity": len(assets),
        "added": len(step.added),
        "numbers": [asset.unit.asset_number for asset in assets if asset.unit.asset_number][:5],
        "sheet": ledger.source[0].sheet if ledger.source else None,
        "rows": [source.row for source in ledger.source][:20],
        "is_withheld": not ledger.offered,
        "status": ledger.status.value if ledger.status else None,
        "changes": changes,
        "members": len(ledger.members),
    }


def _withdrawn(session: Session, plan: ImportPlan) -> list[dict[str, Any]]:
    sources = {gone.unit_id: gone.source for gone in plan.withdrawals}
    if not sources:
        return []
    rows = session.execute(
        select(Unit.id, Unit.asset_number, Listing.title_zh, Listing.title_en, Listing.public_id, Listing.status)
        .outerjoin(Listing, Listing.id == Unit.listing_id)
        .where(Unit.id.in_(sources))
        .order_by(Unit.id)
    )
    return [
        {
            "number": number,
            "title": title_zh or title_en or "",
            "listing": public_id,
            "status": status.value if status else None,
            "sheet": sources[unit_id].sheet,
            "row": sources[unit_id].row,
        }
        for unit_id, number, title_zh, title_en, public_id, status in rows
    ]
