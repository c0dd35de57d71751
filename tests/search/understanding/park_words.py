"""The words of the shipped catalogue and of three zones, as discovery hands them to the reader of lines."""

from functools import lru_cache

from marketplace.listings.catalogue import load_catalogue
from search.understanding.words import AttributeWords, OptionWords, SizeGroup, TypeWords, Vocabulary, ZoneWords

ZONES = (
    ZoneWords("north_1", "北一区", "North 1", ("北1区", "north zone 1")),
    ZoneWords("north_2", "北二区", "North 2", ("北2区",)),
    ZoneWords("south_1", "南一区", "South 1", ("南1区",)),
    ZoneWords("south_2", "南二区", "South 2", ("南2区", "south zone 2")),
    ZoneWords("testing_valley", "检测谷", "Testing Valley"),
    ZoneWords("logistics_port", "物流港", "Logistics Port"),
)


@lru_cache(maxsize=1)
def park_words() -> Vocabulary:
    catalogue = load_catalogue()
    types = tuple(
        TypeWords(t.code, t.parent, t.zh, t.en, t.aliases, t.attributes, t.key_attributes, t.models)
        for t in catalogue.types.values()
    )
    attributes = tuple(
        AttributeWords(
            a.code, a.zh, a.en, a.kind, a.headers, a.dimension, a.unit, a.better,
            tuple(OptionWords(o.code, o.zh, o.en, o.aliases) for o in a.options), a.plus_minus,
        )
        for a in catalogue.attributes.values()
    )  # fmt: skip
    groups = tuple(SizeGroup(compound.attributes, compound.headers) for compound in catalogue.compounds)
    return Vocabulary(types, attributes, ZONES, groups)
