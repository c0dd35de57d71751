"""Dates with the clerk's own precision: 2021.3 stays a month, 2021 a year."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from marketplace.listings.ledger.cells.plain import chinese_number, folded
from marketplace.listings.ledger.files.number_formats import serial_date

EARLIEST_YEAR = 1900
FIRST_SERIAL, LAST_SERIAL = 18_000, 60_000
"""Bare day numbers of 1949 to 2064: a number in this range, in a column of dates, is a date that lost its format."""

YEAR = r"(?P<y>(?:19|20)\d\d)"
SEPARATOR = r"\s*[-/.．·、,\\_]\s*"
YEAR_FIRST = re.compile(rf"{YEAR}(?:{SEPARATOR}(?P<m>\d{{1,2}})(?:{SEPARATOR}(?P<d>\d{{1,2}}))?)?\s*[-/.]?")
CHINESE = re.compile(r"(?P<y>\d{4}|\d{2})\s*年度?(?:\s*(?P<m>\d{1,2})\s*月份?(?:\s*(?P<d>\d{1,2})\s*[日号]?)?)?\s*")
COMPACT = re.compile(rf"{YEAR}(?P<m>\d\d)(?P<d>\d\d)?")
DAY_OR_MONTH_FIRST = re.compile(rf"(?P<a>\d{{1,2}}){SEPARATOR}(?P<b>\d{{1,2}}){SEPARATOR}{YEAR}")
MONTH_YEAR = re.compile(rf"(?P<m>\d{{1,2}}){SEPARATOR}{YEAR}")
SHORT_YEAR = re.compile(r"['’]?(?P<y>\d\d)[-/.．](?P<m>\d{1,2})(?:[-/.．](?P<d>\d{1,2}))?")
TIME = re.compile(
    r"[T\s]*\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2}(?:\.\d+)?)?\s*(?:秒|Z|AM|PM|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
WORDS_AROUND = re.compile(
    r"^(?:约|大约|购于|购置于|于|始于|自)\s*|\s*(?:左右|购置?|购入|采购|启用|投产|投用|购买|起|前后)$"
)
PART_OF_YEAR = re.compile(
    r"^((?:19|20)\d\d年?)(?:度|初|底|末|年初|年底|年末|年中|春季?|夏季?|秋季?|冬季?|[上下]半年|第?[一二三四1-4]季度|\s*-?\s*[qQ][1-4])$"
)
PART_OF_MONTH = re.compile(r"^(.*月)(?:份|初|中|底|末|上旬|中旬|下旬)$")
NAMED_MONTH = re.compile(
    r"(?:(?P<d>\d{1,2})[\s\-/.,]+)?(?P<name>[a-z]{3,9})\.?[\s\-/.,]+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?[\s,]+)?(?P<y>(?:19|20)\d\d|\d\d)",
    re.IGNORECASE,
)
MONTHS: tuple[str, ...] = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
CHINESE_DIGIT = re.compile(r"[〇零一二三四五六七八九]")
PLACEHOLDER = frozenset(
    {"0", "00", "0000", "0.0", "1900-01-00", "1900/1/0", "0000-00-00", "0000/00/00", "1899-12-30", "1899-12-31"}
)


class BadDate(ValueError):
    """The text means no day, month or year."""


def parse_date(text: str, *, day_first: bool | None = None) -> str | None:
    """ISO text as precise as written; None for a placeholder. Raises `BadDate`.

    `day_first` tells 5/6/2021 apart; when nobody knows, only the year is kept.
    """
    return _parse(text.strip(), day_first)


@lru_cache(maxsize=8192)
def _parse(text: str, day_first: bool | None) -> str | None:  # noqa: FBT001 (a cache key)
    plain = " ".join(folded_keeping_blanks(text).split())
    if plain in PLACEHOLDER:
        return None
    plain = WORDS_AROUND.sub("", WORDS_AROUND.sub("", plain))
    plain = TIME.sub("", plain).strip()
    plain = re.sub(r"\s*\([^()\d]*\)$", "", plain)
    plain = re.sub(r"\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?$", "", plain)
    plain = PART_OF_YEAR.sub(r"\1", PART_OF_MONTH.sub(r"\1", plain))
    for read in (_year_first, _chinese, _chinese_digits, _serial, _year_last, _named_month):
        found = read(plain, day_first)
        if found:
            return _checked(found, text)
    raise BadDate(text)


def folded_keeping_blanks(text: str) -> str:
    from unicodedata import normalize  # noqa: PLC0415 (next to its one use)

    return normalize("NFKC", text).replace("–", "-").replace("—", "-").replace("−", "-")


Parts = tuple[int, int | None, int | None]


def _year_first(text: str, _: bool | None) -> Parts | None:  # noqa: FBT001
    match = YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text)
    return _parts(match) if match else None


def _chinese(text: str, _: bool | None) -> Parts | None:  # noqa: FBT001
    match = CHINESE.fullmatch(text)
    return _parts(match) if match else None


def _chinese_digits(text: str, _: bool | None) -> Parts | None:  # noqa: FBT001
    """二〇二一年三月."""
    match = re.fullmatch(
        r"([〇零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?)?",
        text,
    )
    if not match:
        return None
    year = int("".join(str(chinese_number(digit)) for digit in match[1]))
    return year, chinese_number(match[2]) if match[2] else None, chinese_number(match[3]) if match[3] else None


def _serial(text: str, _: bool | None) -> Parts | None:  # noqa: FBT001
    if not SERIAL.fullmatch(text) or not FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        return None
    iso = serial_date(float(text), "day", epoch_1904=False)
    return (int(iso[:4]), int(iso[5:7]), int(iso[8:])) if iso else None


def _year_last(text: str, day_first: bool | None) -> Parts | None:  # noqa: FBT001
    if match := DAY_OR_MONTH_FIRST.fullmatch(text):
        first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
        if first > 12 or (day_first is True and second <= 12):
            return year, second, first
        if second > 12 or day_first is False or first == second:
            return year, first, second
        return year, None, None
    if match := MONTH_YEAR.fullmatch(text):
        return _parts(match)
    match = SHORT_YEAR.fullmatch(text)
    return _parts(match) if match else None


def _named_month(text: str, _: bool | None) -> Parts | None:  # noqa: FBT001
    match = NAMED_MONTH.fullmatch(text)
    if not match or match["name"][:3].lower() not in MONTHS:
        return None
    day = match["d"] or match["d2"]
    return _full_year(match["y"]), MONTHS.index(match["name"][:3].lower()) + 1, int(day) if day else None


def _parts(match: re.Match[str]) -> Parts:
    groups = match.groupdict()
    month, day = groups.get("m"), groups.get("d")
    return _full_year(groups["y"]), int(month) if month else None, int(day) if day else None


def _full_year(year: str) -> int:
    """Two digits are a year of this century up to 49, of the last from 50."""
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)


def _checked(parts: Parts, text: str) -> str:
    year, month, day = parts
    if not EARLIEST_YEAR <= year <= 2199:
        raise BadDate(text)
    if month is None:
        return f"{year:04d}"
    if day is None:
        if not 1 <= month <= 12:
            raise BadDate(text)
        return f"{year:04d}-{month:02d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise BadDate(text) from error


def is_future(iso: str, today: date) -> bool:
    """Later than today at its own precision: this month and this year are not future."""
    return iso > today.isoformat()[: len(iso)]


def column_is_day_first(texts: Iterable[str]) -> bool | None:
    """Whether a column writes 31/12/2021 or 12/31/2021; None when no cell tells."""
    votes = {True: 0, False: 0}
    for text in texts:
        match = DAY_OR_MONTH_FIRST.match(folded(text))
        if match:
            if int(match["a"]) > 12:
                votes[True] += 1
            elif int(match["b"]) > 12:
                votes[False] += 1
    if votes[True] == votes[False]:
        return None
    return votes[True] > votes[False]
