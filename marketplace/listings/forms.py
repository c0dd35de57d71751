"""The listing form: what a browser sends becomes a listing's content, every fault beside its field, input kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from marshmallow import Schema, fields, validate

from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read
from marketplace.kernel.problems import field_sentence
from marketplace.kernel.schemas import Text
from marketplace.listings.catalogue import (
    AttributeDefinition,
    AttributeValue,
    BadAttribute,
    format_attribute,
    load_catalogue,
    parse_attribute,
)
from marketplace.listings.commands import Certificate, ListingContent, ListingTerms, SpecialEquipment
from marketplace.listings.content import resource_type
from marketplace.listings.models import Approval, DeliveryTerms, Listing, OperatorTerms
from marketplace.listings.rules import CancellationRules, CancellationTier, TimeRules

LISTS = ("certificates", "tier_hours", "tier_percent")
PREFIX = "attributes."


class ListingFormSchema(Schema):
    """The plain fields; lengths in the units people think in: hours for a booking, days ahead."""

    type_code = Text(most=60, required=True, error_messages={"required": "unknown_type"})
    title_zh = Text(most=120, load_default="")
    title_en = Text(most=120, load_default="")
    description_zh = Text(most=4000, load_default="")
    description_en = Text(most=4000, load_default="")
    model = Text(most=80, load_default="")
    manufacturer = Text(most=80, load_default="")
    zone = Text(most=14, load_default=None)
    place = Text(most=120, load_default="")
    operator = fields.Enum(OperatorTerms, by_value=True, load_default=OperatorTerms.OPTIONAL)
    delivery = fields.Enum(DeliveryTerms, by_value=True, load_default=DeliveryTerms.ON_SITE)
    approval = fields.Enum(Approval, by_value=True, load_default=Approval.INSTANT)
    approval_grade = fields.String(validate=validate.OneOf(("A", "B", "C")), load_default=None)
    min_hours = fields.Decimal(places=2, load_default=1, validate=validate.Range(0, 9000))
    max_hours = fields.Decimal(places=2, load_default=2160, validate=validate.Range(0, 9000))
    step_minutes = fields.Integer(load_default=30)
    notice_hours = fields.Decimal(places=2, load_default=1, validate=validate.Range(0, 9000))
    horizon_days = fields.Integer(load_default=180)
    turnaround_minutes = fields.Integer(load_default=30)
    insurance_terms = Text(most=2000, load_default="")
    damage_terms = Text(most=2000, load_default="")
    special_number = Text(most=60, load_default="")
    special_until = fields.Date(load_default=None)
    operator_certificate = Text(most=120, load_default="")
    unit_count = fields.Integer(validate=validate.Range(1, 500), load_default=1)
    asset_numbers = Text(most=8000, load_default="")
    version = fields.Integer(load_default=None)


def content_from(form: Form) -> tuple[ListingContent | None, dict[str, Any]]:
    """The content, None with `form.errors` filled; and the plain fields as read."""
    plain = read(ListingFormSchema(), form)
    attributes = read_attributes(form, str(form.values.get("type_code") or ""))
    if plain is None:
        return None, {}
    try:
        terms = _terms(plain, form)
    except DomainError as error:
        form.refuse(error)
        return None, plain
    if form.errors:
        return None, plain
    names = ("type_code", "title_zh", "title_en", "description_zh", "description_en", "model", "manufacturer", "zone")
    told = {name: plain[name] for name in names}
    return ListingContent(**told, place=plain["place"], attributes=attributes, terms=terms), plain


def read_attributes(form: Form, type_code: str) -> dict[str, AttributeValue]:
    """What was typed into the type's fields; an empty field says nothing. Faults go beside their fields."""
    kind = resource_type(type_code)
    catalogue = load_catalogue()
    found: dict[str, AttributeValue] = {}
    for code in kind.attributes if kind else ():
        definition = catalogue.attributes[code]
        text = "、".join(_all(form, PREFIX + code)).strip()
        if not text:
            continue
        try:
            found[code] = parse_attribute(definition, text)
        except BadAttribute as error:
            form.errors.setdefault(PREFIX + code, []).append(field_sentence(error.code))
    return found


def _all(form: Form, name: str) -> list[str]:
    """Every value sent under the name, trimmed."""
    written = form.values.get(name)
    several = cast("list[object]", written) if isinstance(written, list) else [written]
    return [str(value).strip() for value in several if value is not None]


def _terms(plain: Mapping[str, Any], form: Form) -> ListingTerms:
    time = TimeRules(
        min_minutes=int(plain["min_hours"] * 60),
        max_minutes=int(plain["max_hours"] * 60),
        step_minutes=plain["step_minutes"],
        notice_minutes=int(plain["notice_hours"] * 60),
        horizon_days=plain["horizon_days"],
        turnaround_minutes=plain["turnaround_minutes"],
    )
    special = None
    if plain["special_number"] and plain["special_until"]:
        special = SpecialEquipment(number=plain["special_number"], valid_until=plain["special_until"])
    return ListingTerms(
        operator=plain["operator"],
        delivery=plain["delivery"],
        approval=plain["approval"],
        approval_grade=plain["approval_grade"] if plain["approval"] is Approval.INSTANT_FROM_GRADE else None,
        time=time,
        cancellation=_tiers(form),
        insurance_terms=plain["insurance_terms"],
        damage_terms=plain["damage_terms"],
        certificates=_certificates(str(form.values.get("certificate_lines") or "")),
        special_equipment=special,
        operator_certificate=plain["operator_certificate"],
    )


def _tiers(form: Form) -> CancellationRules:
    pairs = zip(_all(form, "tier_hours"), _all(form, "tier_percent"), strict=False)
    given = [(hour, percent) for hour, percent in pairs if hour]
    if not given:
        return CancellationRules()
    if not all(part.isdecimal() and len(part) < 6 for pair in given for part in pair):
        form.errors["cancellation"] = [field_sentence("bad_tiers")]
        return CancellationRules()
    return CancellationRules(
        tiers=tuple(CancellationTier(hours_before=int(hour), percent=int(percent)) for hour, percent in given)
    )


def _certificates(lines: str) -> tuple[Certificate, ...]:
    """One a line, the last day behind it when it has one: `ISO 17025 2027-05-01`."""
    found: list[Certificate] = []
    for line in lines.splitlines()[:20]:
        words = line.strip()[:120].rsplit(maxsplit=1)
        until = _day(words[-1]) if len(words) == 2 else None
        name = words[0] if until else line.strip()[:120]
        if name:
            found.append(Certificate(code=name.upper().replace(" ", "")[:40], name=name, valid_until=until))
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def form_of(listing: Listing, locale: str, *, zone: str | None) -> Form:
    """The form filled with what the listing says."""
    special = listing.special_equipment or {}
    values: dict[str, Any] = {
        name: getattr(listing, name)
        for name in ("type_code", "title_zh", "title_en", "description_zh", "description_en", "model", "manufacturer")
    }
    values |= {name: getattr(listing, name) for name in ("place", "insurance_terms", "damage_terms", "version")}
    values |= {name: getattr(listing, name).value for name in ("operator", "delivery", "approval")}
    values |= {
        "zone": zone or "",
        "approval_grade": listing.approval_grade or "",
        "min_hours": _hours(listing.min_minutes),
        "max_hours": _hours(listing.max_minutes),
        "step_minutes": listing.step_minutes,
        "notice_hours": _hours(listing.notice_minutes),
        "horizon_days": listing.horizon_days,
        "turnaround_minutes": listing.turnaround_minutes,
        "operator_certificate": listing.operator_certificate,
        "special_number": special.get("number", ""),
        "special_until": special.get("valid_until", ""),
        "tier_hours": [tier["hours_before"] for tier in listing.cancellation],
        "tier_percent": [tier["percent"] for tier in listing.cancellation],
        "certificate_lines": "\n".join(_certificate_line(each) for each in listing.certificates),
    }
    values |= attribute_texts(listing.attributes, locale)
    return Form(values)


def attribute_texts(attributes: Mapping[str, AttributeValue], locale: str) -> dict[str, Any]:
    """Stored attributes as the form's fields hold them."""
    catalogue = load_catalogue()
    known = {code: value for code, value in attributes.items() if code in catalogue.attributes}
    return {PREFIX + code: _typed(catalogue.attributes[code], value, locale) for code, value in known.items()}


def _typed(definition: AttributeDefinition, value: AttributeValue, locale: str) -> Any:
    if definition.kind == "enumeration":
        return value.get("word", "")
    if definition.kind == "list" and definition.options:
        return value.get("words", [])
    if definition.kind == "boolean":
        return "yes" if value.get("bool") else "no"
    return format_attribute(definition, value, locale)


def _certificate_line(certificate: Mapping[str, Any]) -> str:
    return f"{certificate['name']} {certificate['valid_until'] or ''}".strip()


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


def default_values() -> dict[str, Any]:
    """A new listing's form before anything is typed."""
    rules = TimeRules()
    tiers = CancellationRules().tiers
    return {
        "operator": OperatorTerms.OPTIONAL.value,
        "delivery": DeliveryTerms.ON_SITE.value,
        "approval": Approval.INSTANT.value,
        "min_hours": _hours(rules.min_minutes),
        "max_hours": _hours(rules.max_minutes),
        "step_minutes": rules.step_minutes,
        "notice_hours": _hours(rules.notice_minutes),
        "horizon_days": rules.horizon_days,
        "turnaround_minutes": rules.turnaround_minutes,
        "tier_hours": [tier.hours_before for tier in tiers],
        "tier_percent": [tier.percent for tier in tiers],
        "unit_count": 1,
    }
