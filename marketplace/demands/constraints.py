"""Limits on attributes: what a demand asks of a machine, as stored, and as a reader sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from marketplace.kernel.quantities import format_quantity
from marketplace.kernel.units import INT64_MAX
from marketplace.listings.catalogue import AttributeDefinition, load_catalogue

Op = Literal[">=", "<=", "=", "in"]
OPS: tuple[Op, ...] = (">=", "<=", "=", "in")
SIGNS: Mapping[str, str] = {">=": "≥", "<=": "≤", "=": "="}
_NUMERIC = ("quantity", "range")


@dataclass(frozen=True, slots=True)
class Limit:
    """One wish about one attribute: an integer in base units, or option codes of which one suffices.

    On a range attribute "<=" speaks of its lower end, ">=" of its upper end, "=" asks that the range contains the value.
    `unit` is the one it is shown in.
    """

    attribute: str
    op: Op
    value: int | tuple[str, ...]
    unit: str | None = None

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Limit":
        value = stored["value"]
        given = value if isinstance(value, int) else tuple(str(one) for one in value)
        return cls(str(stored["attribute"]), cast("Op", stored["op"]), given, stored.get("unit"))

    def to_json(self) -> dict[str, Any]:
        value = self.value if isinstance(self.value, int) else list(self.value)
        return {"attribute": self.attribute, "op": self.op, "value": value, "unit": self.unit}

    def is_sound(self) -> bool:
        """Whether the catalogue knows the attribute and the value is of its kind."""
        definition = load_catalogue().attributes.get(self.attribute)
        if definition is None or self.op not in OPS:
            return False
        if isinstance(self.value, int):
            return definition.kind in _NUMERIC and self.op != "in" and abs(self.value) <= INT64_MAX
        codes = {"true", "false"} if definition.kind == "boolean" else {option.code for option in definition.options}
        known = not codes or set(self.value) <= codes
        return definition.kind not in _NUMERIC and self.op == "in" and bool(self.value) and known


def limits_of(constraints: Sequence[Mapping[str, Any]]) -> tuple[Limit, ...]:
    """The limits of a stored demand."""
    return tuple(Limit.of_json(one) for one in constraints)


def attribute_name(code: str, locale: str) -> str:
    definition = load_catalogue().attributes.get(code)
    if definition is None:
        return code
    return definition.zh if locale.startswith("zh") else definition.en


def limit_words(limit: Limit, locale: str) -> str:
    """What is asked, without the attribute's name: "≥ 600 mm", "≤ ±0.01 mm", "钛合金 或 不锈钢"."""
    definition = load_catalogue().attributes.get(limit.attribute)
    if definition is None:
        return ""
    if isinstance(limit.value, int):
        return f"{SIGNS[limit.op]} {figure_words(definition, limit.value, locale, limit.unit)}"
    joint = " 或 " if locale.startswith("zh") else " or "
    return joint.join(option_words(definition, code, locale) for code in limit.value)


def figure_words(definition: AttributeDefinition, figure: int, locale: str, unit: str | None = None) -> str:
    """A figure of an attribute in the unit usually shown, or in `unit`."""
    sign = "±" if definition.plus_minus else ""
    return sign + format_quantity(figure, definition.dimension or "count", unit or definition.unit or "1", locale)


def option_words(definition: AttributeDefinition, code: str, locale: str) -> str:
    if definition.kind == "boolean":
        yes, no = ("有", "无") if locale.startswith("zh") else ("yes", "no")
        return yes if code == "true" else no
    option = definition.option(code)
    if option is None:
        return code
    return option.zh if locale.startswith("zh") else option.en
