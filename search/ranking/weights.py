"""Every number the ranking turns on, with the version under which results were ordered."""

from dataclasses import dataclass

from search.text.kinds import Kind

FIELDS = ("title", "model", "type", "attributes", "supplier", "body")


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How much a word counts in this field, and how strongly long fields are held back (0 not at all, 1 fully)."""

    boost: float
    length_share: float


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """One version of the ranking. `saturation` is BM25's k1: small means that repetition soon stops counting."""

    version: str
    saturation: float
    fields: tuple[FieldWeight, ...]  # in the order of FIELDS
    kinds: tuple[float, ...]  # by Kind
    lone_han: float  # a Chinese character that stands alone in the query
    function_word: float  # factor for words that carry no content
    half_function_pair: float  # factor for a Chinese pair with one function character in it
    parts_alone: float  # factor for the parts of a code that is not there whole
    repeated: float  # what each further mention of a word in the query adds, of its first

    def of_kind(self, kind: Kind) -> float:
        return self.kinds[kind]


CURRENT = RankingWeights(
    version="2026-11-1",
    saturation=0.8,
    fields=(
        FieldWeight(3.0, 0.5),
        FieldWeight(3.0, 0.3),
        FieldWeight(2.0, 0.3),
        FieldWeight(1.0, 0.5),
        FieldWeight(1.0, 0.3),
        FieldWeight(1.0, 0.75),
    ),
    #      -    HAN  PAIR WORD NUMBER CODE PART JOINED QUANTITY
    kinds=(0.0, 0.8, 1.0, 1.0, 0.7, 1.0, 0.25, 0.5, 0.7),
    lone_han=1.0,
    function_word=0.3,
    half_function_pair=0.5,
    parts_alone=0.8,
    repeated=0.5,
)
