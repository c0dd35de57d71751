"""The words that a line may use: the catalogue's types and attributes and the park's zones."""

from collections.abc import Sequence
from functools import lru_cache

from marketplace.accounts.models import Zone
from marketplace.listings.catalogue import load_catalogue
from search.understanding.words import AttributeWords, OptionWords, SizeGroup, TypeWords, Vocabulary, ZoneWords


def words_of_park(zones: Sequence[Zone]) -> Vocabulary:
    """The vocabulary of a park; made once for the same zones."""
    return _vocabulary(tuple((zone.code, zone.name_zh, zone.name_en) for zone in zones))


@lru_cache(maxsize=16)
def _vocabulary(zones: tuple[tuple[str, str, str], ...]) -> Vocabulary:
    catalogue = load_catalogue()
    types = tuple(
        TypeWords(one.code, one.parent, one.zh, one.en, one.aliases, one.attributes, one.key_attributes, one.models)
        for one in catalogue.types.values()
    )
    attributes = tuple(
        AttributeWords(
            one.code,
            one.zh,
            one.en,
            one.kind,
            one.headers,
            one.dimension,
            one.unit,
            one.better,
            tuple(OptionWords(option.code, option.zh, option.en, option.aliases) for option in one.options),
            one.plus_minus,
        )
        for one in catalogue.attributes.values()
    )
    groups = tuple(SizeGroup(compound.attributes, compound.headers) for compound in catalogue.compounds)
    return Vocabulary(types, attributes, tuple(ZoneWords(*zone) for zone in zones), groups)
