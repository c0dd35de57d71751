"""What is said about a listing, as frozen values: the commands of `operations`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from billing.pricing.plans import Plan
from marketplace.listings.catalogue import AttributeValue
from marketplace.listings.models import Approval, DeliveryTerms, OperatorTerms
from marketplace.listings.rules import CancellationRules, TimeRules


def _no_attributes() -> Mapping[str, AttributeValue]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Proof a buyer asks for, such as ISO 17025; `valid_until` None: without end."""

    code: str
    name: str
    valid_until: date | None = None

    def to_json(self) -> dict[str, str | None]:
        until = self.valid_until.isoformat() if self.valid_until else None
        return {"code": self.code, "name": self.name, "valid_until": until}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialEquipment:
    """Registration of special equipment 特种设备."""

    number: str
    valid_until: date

    def to_json(self) -> dict[str, str]:
        return {"number": self.number, "valid_until": self.valid_until.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTerms:
    """How it is used and what happens when things go wrong."""

    operator: OperatorTerms = OperatorTerms.OPTIONAL
    delivery: DeliveryTerms = DeliveryTerms.ON_SITE
    approval: Approval = Approval.INSTANT
    approval_grade: str | None = None
    time: TimeRules = field(default_factory=TimeRules)
    cancellation: CancellationRules = field(default_factory=CancellationRules)
    insurance_terms: str = ""
    damage_terms: str = ""
    certificates: tuple[Certificate, ...] = ()
    special_equipment: SpecialEquipment | None = None
    operator_certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingContent:
    """Everything its owner writes. `zone` is the zone's public id; attributes are the catalogue's stored values."""

    type_code: str
    title_zh: str = ""
    title_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    model: str = ""
    manufacturer: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=_no_attributes)
    zone: str | None = None
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    terms: ListingTerms = field(default_factory=ListingTerms)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitContent:
    """One machine: its number in the ledger, its maker's serial, and a word to tell it from its twins."""

    asset_number: str = ""
    serial: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateListing:
    """A draft. A line names its members (public ids of own units and own lines) and has no units of its own."""

    content: ListingContent
    units: tuple[UnitContent, ...] = (UnitContent(),)
    member_units: tuple[str, ...] = ()
    member_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditListing:
    """New content for a listing as it stood at `version`; None skips the check for edits by others."""

    listing: str
    version: int | None
    content: ListingContent


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRatePlan:
    """The price of a listing: a plan that is computed with, or None, and further prices as the supplier writes them."""

    listing: str
    version: int | None
    plan: Plan | None
    price_as_written: str = ""
    label_zh: str = ""
    label_en: str = ""
