"""A listing's attributes for its readers: formatted, in groups, the key ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from marketplace.listings.catalogue import AttributeDefinition, format_attribute, load_catalogue
from marketplace.listings.content import resource_type
from marketplace.listings.models import Listing


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute in words; `is_suggested` was read out of prose and waits for the owner's eye."""

    code: str
    label: str
    value: str
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    title: str
    facts: tuple[Fact, ...]


def facts_of(listing: Listing, locale: str) -> list[FactGroup]:
    """The listing's attributes in the groups and the order of its type's page; unknown ones last."""
    groups: dict[str, list[Fact]] = {}
    for definition in _definitions(listing):
        if definition.code in listing.attributes:
            title = definition.group.zh if locale.startswith("zh") else definition.group.en
            groups.setdefault(title, []).append(_fact(listing, definition, locale))
    return [FactGroup(title, tuple(facts)) for title, facts in groups.items()]


def key_facts(listing: Listing, locale: str, *, most: int = 4) -> list[Fact]:
    """The three or four attributes that a card shows."""
    kind = resource_type(listing.type_code)
    catalogue = load_catalogue()
    codes = [code for code in (kind.key_attributes if kind else ()) if code in listing.attributes]
    return [_fact(listing, catalogue.attributes[code], locale) for code in codes[:most]]


def type_name(listing: Listing, locale: str) -> str:
    """What kind of thing it is, empty while nobody has said."""
    kind = resource_type(listing.type_code)
    return kind.name(locale) if kind else ""


def drawing_of(listing: Listing) -> str:
    """The line drawing that stands for a listing without photos."""
    kind = resource_type(listing.type_code)
    return kind.drawing if kind else "tool"


def _definitions(listing: Listing) -> Sequence[AttributeDefinition]:
    catalogue = load_catalogue()
    kind = resource_type(listing.type_code)
    own = list(kind.attributes) if kind else []
    others = [code for code in listing.attributes if code not in own and code in catalogue.attributes]
    return [catalogue.attributes[code] for code in (*own, *others)]


def _fact(listing: Listing, definition: AttributeDefinition, locale: str) -> Fact:
    label = definition.zh if locale.startswith("zh") else definition.en
    value = _written(definition.code, orjson.dumps(listing.attributes[definition.code]), locale)
    return Fact(definition.code, label, value, definition.code in listing.suggested_attributes)


@lru_cache(maxsize=4096)
def _written(code: str, stored: bytes, locale: str) -> str:
    """Pages show the same sizes again and again."""
    return format_attribute(load_catalogue().attributes[code], orjson.loads(stored), locale)
