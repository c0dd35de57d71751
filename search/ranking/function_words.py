"""Words that carry no content: they count for little in a query, but are never dropped (`The Who`, `是的`)."""

import tomllib
from importlib.resources import files

_DATA = tomllib.loads(files("search.ranking").joinpath("function_words.toml").read_text(encoding="utf-8"))
HAN = frozenset(_DATA["han"])
HAN_PAIRS = frozenset(_DATA["han_pairs"])
LATIN = frozenset(_DATA["latin"])
MARKET = frozenset(_DATA["market"])


def is_function_word(stem: str) -> bool:
    """Whether a stemmed Latin word is one of grammar rather than content."""
    return stem in LATIN


def han_function_share(text: str) -> float:
    """How much of a Chinese character or pair is grammar: 0 none, 0.5 one of two, 1 all."""
    if text in HAN_PAIRS:
        return 1.0
    return sum(character in HAN for character in text) / len(text)
