"""What a listing may say, and what it still lacks before it can be offered."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Zone
from marketplace.kernel.errors import Invalid
from marketplace.listings.catalogue import (
    AttributeValue,
    BadAttribute,
    ResourceType,
    check_attribute,
    load_catalogue,
)
from marketplace.listings.commands import ListingContent
from marketplace.listings.models import Approval, Listing, ListingKind, OperatorTerms, TypeOverride
from marketplace.listings.storable import is_storable

TITLE_LENGTH = 120
GRADES = ("A", "B", "C", "D")


def resource_type(code: str | None) -> ResourceType | None:
    """The shipped type of a listing; None for none, or for one no longer shipped."""
    return load_catalogue().types.get(code) if code else None


def apply_content(session: Session, listing: Listing, content: ListingContent) -> None:
    """Write the content onto the listing; raises `Invalid` `listing_invalid` naming every field that is wrong."""
    wrong: dict[str, list[str]] = {}
    kind = resource_type(content.type_code)
    if kind is None:
        wrong["type_code"] = ["unknown_type"]
    elif kind.parent is None:
        wrong["type_code"] = ["type_too_general"]
    elif kind.code != listing.type_code and _is_switched_off(session, listing.park_id, kind.code):
        wrong["type_code"] = ["type_switched_off"]
    attributes = _checked_attributes(content, kind, wrong)
    zone_id = _zone_id(session, listing.park_id, content.zone, wrong)
    _check_words(content, wrong)
    if wrong or kind is None:
        raise Invalid("listing_invalid", fields=wrong)
    listing.kind, listing.type_code = ListingKind(kind.kind), kind.code
    listing.title_zh, listing.title_en = content.title_zh, content.title_en
    listing.description_zh, listing.description_en = content.description_zh, content.description_en
    listing.model, listing.manufacturer = content.model, content.manufacturer
    listing.attributes, listing.suggested_attributes = dict(attributes), []
    listing.zone_id, listing.place = zone_id, content.place
    listing.latitude, listing.longitude = content.latitude, content.longitude
    _apply_terms(listing, content)


def _is_switched_off(session: Session, park_id: int, type_code: str) -> bool:
    return bool(
        session.scalar(
            select(TypeOverride.id).where(
                TypeOverride.park_id == park_id, TypeOverride.type_code == type_code, TypeOverride.is_active.is_(False)
            )
        )
    )


def _apply_terms(listing: Listing, content: ListingContent) -> None:
    terms = content.terms
    listing.operator, listing.delivery = terms.operator, terms.delivery
    listing.approval, listing.approval_grade = terms.approval, terms.approval_grade
    listing.min_minutes, listing.max_minutes = terms.time.min_minutes, terms.time.max_minutes
    listing.step_minutes, listing.notice_minutes = terms.time.step_minutes, terms.time.notice_minutes
    listing.horizon_days, listing.turnaround_minutes = terms.time.horizon_days, terms.time.turnaround_minutes
    listing.cancellation = terms.cancellation.to_json()
    listing.insurance_terms, listing.damage_terms = terms.insurance_terms, terms.damage_terms
    listing.certificates = [certificate.to_json() for certificate in terms.certificates]
    listing.special_equipment = terms.special_equipment.to_json() if terms.special_equipment else None
    listing.operator_certificate = terms.operator_certificate


def _checked_attributes(
    content: ListingContent, kind: ResourceType | None, wrong: dict[str, list[str]]
) -> dict[str, AttributeValue]:
    catalogue = load_catalogue()
    checked: dict[str, AttributeValue] = {}
    for code, value in content.attributes.items():
        if kind is not None and code not in kind.attributes:
            wrong[f"attributes.{code}"] = ["attribute_of_another_type"]
            continue
        definition = catalogue.attributes.get(code)
        if not is_storable(value):
            wrong[f"attributes.{code}"] = ["bad_shape"]
            continue
        try:
            if definition is not None:
                checked[code] = check_attribute(definition, value)
        except BadAttribute as error:
            wrong[f"attributes.{code}"] = [error.code]
    return checked


def _zone_id(session: Session, park_id: int, zone: str | None, wrong: dict[str, list[str]]) -> int | None:
    if not zone:
        return None
    zone_id = session.scalar(select(Zone.id).where(Zone.park_id == park_id, Zone.public_id == zone))
    if zone_id is None:
        wrong["zone"] = ["unknown_zone"]
    return zone_id


def _check_words(content: ListingContent, wrong: dict[str, list[str]]) -> None:
    if not content.title_zh and not content.title_en:
        wrong["title_zh"] = ["title_missing"]
    for name in ("title_zh", "title_en"):
        if len(getattr(content, name)) > TITLE_LENGTH:
            wrong[name] = ["too_long"]
    latitude, longitude = content.latitude, content.longitude
    if (latitude is None) != (longitude is None):
        wrong["latitude"] = ["coordinates_incomplete"]
    if (latitude is not None and abs(latitude) > 90) or (longitude is not None and abs(longitude) > 180):
        wrong["latitude"] = ["coordinates_out_of_bounds"]
    if content.terms.approval is Approval.INSTANT_FROM_GRADE and content.terms.approval_grade not in GRADES:
        wrong["approval_grade"] = ["grade_missing"]


def lacking(listing: Listing, *, bookable_pieces: int, today: date) -> dict[str, list[str]]:
    """Field → codes of what stands between a draft and the market; empty when it may be offered.

    `bookable_pieces` are its bookable units, of a line its members.
    """
    lacks: dict[str, list[str]] = {}
    kind = resource_type(listing.type_code)
    if kind is None:
        lacks["type_code"] = ["type_missing"]
    if listing.withheld_reason is not None:
        lacks["withheld_reason"] = ["withheld"]
    if not bookable_pieces:
        lacks["units"] = ["no_bookable_unit"]
    if kind is not None and kind.needs_certificate and not _is_registered(listing, today):
        lacks["special_equipment"] = ["registration_missing"]
    if kind is not None and kind.needs_certificate and _operator_unproved(listing):
        lacks["operator_certificate"] = ["operator_certificate_missing"]
    return lacks


def _is_registered(listing: Listing, today: date) -> bool:
    registration = listing.special_equipment
    return registration is not None and date.fromisoformat(registration["valid_until"]) >= today


def _operator_unproved(listing: Listing) -> bool:
    return listing.operator is not OperatorTerms.OWN and not listing.operator_certificate
