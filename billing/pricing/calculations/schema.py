"""The JSON Schema of `gongzao billing calculate`, made from the very types that read the documents."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from billing.pricing.calculations.calculate import CALCULATIONS
from billing.pricing.plan_json import KINDS
from billing.pricing.plans import RentPlan, UsagePlan
from billing.pricing.reading import is_required
from marketplace.kernel.money import Money

DECIMAL = r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$"
_SCALARS: Mapping[Any, dict[str, Any]] = MappingProxyType(
    {
        Decimal: {"$ref": "#/$defs/Decimal"},
        int: {"type": "integer"},
        bool: {"type": "boolean"},
        str: {"type": "string"},
        time: {"type": "string", "description": "clock time, 20:00"},
        date: {"type": "string", "format": "date"},
        datetime: {"type": "string", "format": "date-time", "description": "with zone"},
        ZoneInfo: {"type": "string", "description": "IANA name, Asia/Shanghai"},
        Money: {"$ref": "#/$defs/Money"},
    }
)
_MONEY: dict[str, Any] = {
    "type": "object",
    "description": "integer minor units (fen) and ISO 4217 currency",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {"amount": {"type": "integer"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
}
_FIXED: dict[str, Any] = {
    "Decimal": {
        "description": "unit prices, quantities, percents and rates: a decimal string, or a whole number; never a float",
        "oneOf": [{"type": "string", "pattern": DECIMAL}, {"type": "integer"}],
    },
    "Money": _MONEY,
    "Line": {
        "type": "object",
        "required": ["code", "text", "quantity", "unit", "unit_price", "amount", "net", "tax", "gross", "vat_rate"],
        "properties": {
            "code": {"type": "string", "description": "stable; the part before a colon names the kind of line"},
            "text": {"type": "string"},
            "name": {"type": "string", "description": "the supplier's own word for a fee"},
            "quantity": {"type": "string", "description": "decimal, eight places at most"},
            "quantity_exact": {"type": "string", "description": "a fraction such as 25/28"},
            "unit": {"type": "string"},
            "unit_price": {
                "type": ["string", "null"],
                "description": "currency units; null where nothing is multiplied",
            },
            "amount": {"$ref": "#/$defs/Money", "description": "as the prices are stated, with or without VAT"},
            "net": {"$ref": "#/$defs/Money"},
            "tax": {"$ref": "#/$defs/Money"},
            "gross": {"$ref": "#/$defs/Money"},
            "vat_rate": {"type": "string", "description": "fraction, 0.13"},
            "service_period": {
                "type": "object",
                "properties": {
                    "start": {"type": "string", "format": "date"},
                    "end": {"type": "string", "format": "date"},
                },
            },
        },
    },
    "Answer": {
        "type": "object",
        "description": "lines to bill now, their sums, and the state that goes into the next calculation as `billed`; the rest depends on the calculation",
        "required": ["calculate", "currency", "lines", "net", "tax", "total"],
        "properties": {
            "calculate": {"enum": sorted(CALCULATIONS)},
            "currency": {"type": "string"},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
            "net": {"$ref": "#/$defs/Money"},
            "tax": {"$ref": "#/$defs/Money"},
            "total": {"$ref": "#/$defs/Money", "description": "what is paid: net + tax"},
            "state": {"$ref": "#/$defs/Billed"},
        },
    },
    "Refusal": {
        "type": "object",
        "description": "exit code 2",
        "required": ["problems"],
        "properties": {
            "problems": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["field", "code", "text"],
                    "properties": {
                        "field": {"type": "string", "description": "path in the document: plan.rates.hour"},
                        "code": {"type": "string", "description": "stable word"},
                        "text": {"type": "string"},
                    },
                },
            }
        },
    },
}


def document_schema() -> dict[str, Any]:
    """What the command takes; `$defs/Answer` and `$defs/Refusal` are what it gives."""
    definitions = dict(_FIXED)
    for plan_kind, plan_type in KINDS.items():
        if plan_type in {RentPlan, UsagePlan}:
            _define(plan_type, definitions, first={"kind": {"const": plan_kind}})
    documents: list[dict[str, Any]] = []
    for name, (request, _) in CALCULATIONS.items():
        _define(request, definitions, first={"calculate": {"const": name}})
        documents.append({"$ref": f"#/$defs/{request.__name__}"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gongzao billing calculate FILE --json",
        "description": "Amounts of Money are integer minor units; every other price is a decimal in currency units. Rules: billing.md.",
        "oneOf": documents,
        "$defs": definitions,
    }


def _define(kind: type[Any], definitions: dict[str, Any], *, first: Mapping[str, Any] = MappingProxyType({})) -> None:
    if kind.__name__ in definitions:
        return
    definitions[kind.__name__] = {}
    hints = get_type_hints(kind)
    own = [field for field in fields(kind) if field.init]
    body: dict[str, Any] = {
        "type": "object",
        "required": [*first, *(field.name for field in own if is_required(field))],
        "additionalProperties": False,
        "properties": {**first, **{field.name: _shape(hints[field.name], definitions) for field in own}},
    }
    if kind.__doc__ and not kind.__doc__.startswith(kind.__name__ + "("):
        body["description"] = " ".join(kind.__doc__.split())
    definitions[kind.__name__] = body


def _shape(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if get_origin(kind) is UnionType:
        inner = next(part for part in get_args(kind) if part is not NoneType)
        return {"anyOf": [_shape(inner, definitions), {"type": "null"}]}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _shape(get_args(kind)[0], definitions)}
    if issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    _define(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}
