"""A demand as one reader may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.queries import Question
from marketplace.demands.confidentiality import holds_contacts, mask_contacts
from marketplace.demands.models import BudgetPer, Confidentiality, Demand, DemandStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """What this reader is shown: `demander` is None while hidden, texts are masked for suppliers before the award."""

    id: int
    public_id: str
    status: DemandStatus
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    demander: str | None
    type_code: str | None
    constraints: list[dict[str, Any]]
    during: Range[datetime] | None
    question: Question
    duration_minutes: int | None
    units: int
    pieces: int | None
    zone: str | None
    zone_zh: str
    zone_en: str
    radius_metres: int | None
    budget: Money | None
    budget_per: BudgetPer
    confidentiality: Confidentiality
    listing: str | None
    closes_at: datetime
    is_mine: bool
    is_masked: bool
    reason: str

    def title(self, locale: str) -> str:
        return (self.title_en or self.title_zh) if locale.startswith("en") else (self.title_zh or self.title_en)

    def text(self, locale: str) -> str:
        return (self.text_en or self.text_zh) if locale.startswith("en") else (self.text_zh or self.text_en)


def view_of(demand: Demand, *, actor: Actor, locale: str = "zh_CN") -> DemandView:
    """The demand for this reader; the demander and the park office see all of it."""
    mine = demand.demander_id == actor.enterprise_id
    trusted = mine or (actor.is_office and actor.enterprise_id is None)
    masking = not trusted and demand.status not in {DemandStatus.AWARDED, DemandStatus.CLOSED}
    texts = {name: getattr(demand, name) for name in ("title_zh", "title_en", "text_zh", "text_en")}
    shown = {name: mask_contacts(text) for name, text in texts.items()} if masking else texts
    return DemandView(
        id=demand.id,
        public_id=demand.public_id,
        status=demand.status,
        **shown,
        demander=demand.demander.name(locale) if trusted or not demand.hides_its_demander else None,
        type_code=demand.type_code,
        constraints=demand.constraints,
        during=demand.during,
        question=demand.question,
        duration_minutes=demand.duration_minutes,
        units=demand.units,
        pieces=demand.pieces,
        zone=demand.zone.code if demand.zone else None,
        zone_zh=demand.zone.name_zh if demand.zone else "",
        zone_en=demand.zone.name_en if demand.zone else "",
        radius_metres=demand.radius_metres,
        budget=Money(demand.budget_amount, demand.currency) if demand.budget_amount is not None else None,
        budget_per=demand.budget_per,
        confidentiality=demand.confidentiality,
        listing=demand.asked_listing.public_id if demand.asked_listing else None,
        closes_at=demand.closes_at,
        is_mine=mine,
        is_masked=masking and any(holds_contacts(text) for text in texts.values()),
        reason=demand.reason,
    )
