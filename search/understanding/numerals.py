"""Counting words as people write them: digits with thousands, 万 and k, and the small Chinese numerals."""

import re
from decimal import Decimal

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
"""A plain number; a minus sign is the caller's matter, for a dash mostly means a range."""

HAN_NUMERAL = r"[一二两三四五六七八九十]{1,3}"
COUNT = rf"(?:{NUMBER}|{HAN_NUMERAL})"

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ENGLISH = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
ENGLISH_NUMERAL = r"\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b"

_SCALES = {
    "": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1_000),
    "k": Decimal(1_000),
    "万": Decimal(10_000),
    "w": Decimal(10_000),
}


def number(written: str, scale: str = "") -> Decimal:
    """The value of a number as matched by `NUMBER`, times 千, 万, k or w."""
    return Decimal(re.sub(r",", "", written)) * _SCALES[scale]


def count(written: str) -> Decimal | None:
    """The value of digits, of 一 … 九十九 or of an English numeral up to twelve; None for anything else."""
    if re.fullmatch(NUMBER, written):
        return number(written)
    if written in _ENGLISH:
        return Decimal(_ENGLISH[written])
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return Decimal(_DIGITS[written]) if written in _DIGITS else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return Decimal(_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0))
