"""The kinds of token. Ranking weighs by kind; engines see only the text."""

from enum import IntEnum


class Kind(IntEnum):
    """What a token is a reading of."""

    HAN = 1  # one Chinese character
    PAIR = 2  # two neighbouring Chinese characters
    WORD = 3  # a stemmed word of letters
    NUMBER = 4  # a bare number
    CODE = 5  # letters with digits, whole and stripped: a model, a size, a standard
    PART = 6  # a run of letters or digits inside a code
    JOINED = 7  # neighbours written together: e-mail, VF 2SS, 5轴
    QUANTITY = 8  # a number with its unit, in the base unit
