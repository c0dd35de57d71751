"""What a resource type is: its names, its typed attributes, its handover checklist."""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

type_kinds = ("equipment", "tool", "line", "instrument", "service")
attribute_kinds = ("quantity", "range", "enumeration", "list", "boolean", "text")

TypeKind = Literal["equipment", "tool", "line", "instrument", "service"]
AttributeKind = Literal["quantity", "range", "enumeration", "list", "boolean", "text"]
Better = Literal["higher", "lower", "none"]
Meter = Literal["machine_hour", "piece", "sample", "none"]

AttributeValue = TypedDict(  # noqa: UP013 (a key named bool cannot be annotated in a class)
    "AttributeValue",
    {
        "number": NotRequired[int],
        "min": NotRequired[int | None],
        "max": NotRequired[int | None],
        "word": NotRequired[str],
        "words": NotRequired[list[str]],
        "bool": NotRequired[bool],
        "text": NotRequired[str],
    },
)
"""The one stored shape of an attribute, by kind: {"number": base units}, {"min", "max"}, {"word": option code},
{"words": [option codes]}, {"bool"}, {"text"}."""


class BadAttribute(ValueError):
    """A written attribute cannot be read: `bad_number`, `bad_unit`, `bad_word`, `bad_bool` or `bad_shape`."""

    def __init__(self, code: str, attribute: str, text: str) -> None:
        super().__init__(f"{code}: {attribute}: {text!r}")
        self.code = code
        self.attribute = attribute
        self.text = text


class BadCatalogue(ValueError):
    """The shipped resource types contradict themselves; the text lists every fault."""


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """One word that an enumeration or list may hold, with what people write for it."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """A heading of the specification table."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """One typed property of resources, defined once and shared by many types.

    `unit` is the one usually shown and assumed where none is written; `plus_minus` figures are magnitudes
    shown with ±; `headers` are the words of a ledger's column.
    """

    code: str
    zh: str
    en: str
    kind: AttributeKind
    dimension: str | None
    unit: str | None
    better: Better
    group: AttributeGroup
    headers: tuple[str, ...] = ()
    options: tuple[AttributeOption, ...] = ()
    plus_minus: bool = False

    def option(self, code: str) -> AttributeOption | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing both sides look at when a resource is handed over and given back."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource: the tree's node, its attributes in the order of the page, and how it is recognised.

    `models` are regular expressions over makers' series; `rent_yuan_per_hour` the usual range, for the demo
    park; `sector` a code of GB/T 4754; `needs_certificate` marks special equipment 特种设备.
    """

    code: str
    family: str
    parent: str | None
    kind: TypeKind
    zh: str
    en: str
    aliases: tuple[str, ...]
    models: tuple[str, ...]
    attributes: tuple[str, ...]
    key_attributes: tuple[str, ...]
    drawing: str
    meter: Meter
    checklist: tuple[ChecklistItem, ...]
    needs_certificate: bool
    rent_yuan_per_hour: tuple[int, int] | None
    sector: str

    def name(self, locale: str) -> str:
        return self.zh if locale.startswith("zh") else self.en
