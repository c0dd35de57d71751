"""English words meet in their stem (machines, machining, machine), other Latin words stay as they are."""

from functools import lru_cache
from threading import Lock
from typing import cast

import snowballstemmer

# British and other spellings, as stems -> the American one
_SPELLINGS = {
    "aluminium": "aluminum",
    "analogu": "analog",
    "armour": "armor",
    "callip": "calip",
    "catalogu": "catalog",
    "centr": "center",
    "colour": "color",
    "customis": "custom",
    "fibr": "fiber",
    "gaug": "gage",
    "grey": "gray",
    "harbour": "harbor",
    "jewelleri": "jewelri",
    "labour": "labor",
    "licenc": "licens",
    "litr": "liter",
    "metr": "meter",
    "mould": "mold",
    "odour": "odor",
    "optimis": "optim",
    "organis": "organ",
    "plough": "plow",
    "programm": "program",
    "standardis": "standard",
    "sulphur": "sulfur",
    "theatr": "theater",
    "tyre": "tire",
    "vapour": "vapor",
}
_ENGLISH = snowballstemmer.stemmer("english")
_ONE_AT_A_TIME = Lock()  # the stemmer keeps the word it works on in itself


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word by Porter's second algorithm; words outside a-z and very long ones stay whole."""
    if len(word) < 3 or len(word) > 24 or not word.isascii():
        return word
    with _ONE_AT_A_TIME:
        stemmed = cast("str", _ENGLISH.stemWord(word))
    return _SPELLINGS.get(stemmed, stemmed)
