"""The tree of resource types with their attributes, shipped as data; pure, usable without a database.

Listings, the ledger reader and discovery ask here what an attribute means, what a machine's name says, and
which attribute a column holds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from marketplace.kernel.quantities import normalise
from marketplace.listings.catalogue_definitions import (
    AttributeDefinition,
    AttributeGroup,
    AttributeOption,
    AttributeValue,
    BadAttribute,
    BadCatalogue,
    ChecklistItem,
    ResourceType,
)
from marketplace.listings.catalogue_reader import CompoundHeader, read_definitions
from marketplace.listings.catalogue_recognition import Recogniser, Recognition
from marketplace.listings.catalogue_values import check_attribute, format_attribute, parse_attribute

__all__ = [
    "AttributeDefinition",
    "AttributeGroup",
    "AttributeOption",
    "AttributeValue",
    "BadAttribute",
    "BadCatalogue",
    "Catalogue",
    "ChecklistItem",
    "CompoundHeader",
    "Recognition",
    "ResourceType",
    "check_attribute",
    "format_attribute",
    "load_catalogue",
    "parse_attribute",
]

_BRACKETS = re.compile(r"[(\[{<【《](?![XYZxyz长宽高][)\]}>】》]).*?(?:[)\]}>】》]|$)")
_PUNCTUATION = re.compile(r"[()\[\]\s\-_./\\:;,·*'\"×x=]+")


@dataclass(frozen=True)
class Catalogue:
    """All resource types and attributes, and the questions one asks of them."""

    types: Mapping[str, ResourceType]
    attributes: Mapping[str, AttributeDefinition]
    groups: Mapping[str, AttributeGroup]
    compounds: tuple[CompoundHeader, ...]

    def leaves(self) -> tuple[ResourceType, ...]:
        """The types that have no finer ones."""
        parents = {resource_type.parent for resource_type in self.types.values()}
        return tuple(resource_type for resource_type in self.types.values() if resource_type.code not in parents)

    def families(self) -> tuple[ResourceType, ...]:
        return tuple(resource_type for resource_type in self.types.values() if resource_type.parent is None)

    def children(self, code: str) -> tuple[ResourceType, ...]:
        return tuple(resource_type for resource_type in self.types.values() if resource_type.parent == code)

    def ancestors(self, code: str) -> tuple[ResourceType, ...]:
        """From the parent up to the family; empty for a family."""
        parent = self.types[code].parent
        return () if parent is None else (self.types[parent], *self.ancestors(parent))

    def attributes_of(self, code: str) -> tuple[AttributeDefinition, ...]:
        """The attributes of a type in the order of its page."""
        return tuple(self.attributes[attribute] for attribute in self.types[code].attributes)

    def recognise(self, text: str, *, hints: Sequence[str] = ()) -> Recognition | None:
        """The resource type a name means, None rather than a wrong guess; hints are model, maker, description."""
        return self._recogniser.recognise(text, hints)

    def attribute_for_header(self, header: str, type_code: str | None = None) -> AttributeDefinition | None:
        """The one attribute a column's header means (of this type); None when it means none or several."""
        found = self.attributes_for_header(header, type_code)
        return found[0] if len(found) == 1 else None

    def attributes_for_header(self, header: str, type_code: str | None = None) -> tuple[AttributeDefinition, ...]:
        """As `attribute_for_header`, several for a compound column such as 行程 (X×Y×Z)."""
        key = header_key(header)
        own = self.types[type_code].attributes if type_code else tuple(self.attributes)
        single = sorted((code for code in self._headers.get(key, ()) if code in own), key=own.index)
        named = [code for code in single if key in self._own_names(code)]
        alone = len(single) == 1 and key not in self._compound_headers
        if single and (type_code or alone or len(named) == 1):
            return (self.attributes[(named or single)[0]],)
        compound = [codes for codes in self._compound_headers.get(key, ()) if set(codes) <= set(own)]
        if compound and (type_code or not (single or compound[1:])):
            return tuple(self.attributes[code] for code in compound[0])
        return ()

    def _own_names(self, code: str) -> tuple[str, ...]:
        attribute = self.attributes[code]
        return tuple(map(header_key, (attribute.zh, attribute.en, code)))

    @cached_property
    def _recogniser(self) -> Recogniser:
        return Recogniser(self.types)

    @cached_property
    def _headers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for attribute in self.attributes.values():
            for word in dict.fromkeys(
                map(header_key, (attribute.zh, attribute.en, attribute.code, *attribute.headers))
            ):
                found.setdefault(word, []).append(attribute.code)
        return {word: tuple(codes) for word, codes in found.items()}

    @cached_property
    def _compound_headers(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        found: dict[str, list[tuple[str, ...]]] = {}
        for compound in self.compounds:
            for word in dict.fromkeys(map(header_key, compound.headers)):
                found.setdefault(word, []).append(compound.attributes)
        return {word: tuple(codes) for word, codes in found.items()}


def header_key(header: str) -> str:
    """A header without brackets, blanks, punctuation and case, so that spellings meet."""
    plain = normalise(header)
    return _PUNCTUATION.sub("", _BRACKETS.sub("", plain) or plain).casefold()


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The shipped catalogue, read and checked once."""
    definitions = read_definitions()
    return Catalogue(definitions.types, definitions.attributes, definitions.groups, definitions.compounds)
