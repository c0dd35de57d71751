"""English words meet in their stem (machines, machining, machine), other Latin words stay as they are."""

from functools import lru_cache
from threading import Lock
from typing import cast

import snowballstemmer

_ENGLISH = snowballstemmer.stemmer("english")
_ONE_AT_A_TIME = Lock()  # the stemmer keeps the word it works on in itself


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word by Porter's second algorithm; words outside a-z and very long ones stay whole."""
    if len(word) < 3 or len(word) > 24 or not word.isascii():
        return word
    with _ONE_AT_A_TIME:
        return cast("str", _ENGLISH.stemWord(word))
