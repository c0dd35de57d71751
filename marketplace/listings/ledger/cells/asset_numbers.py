"""Asset numbers: single, listed, as ranges, and those a spreadsheet has destroyed."""

import re
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

from marketplace.listings.ledger.cells.counts import COUNT_UNITS
from marketplace.listings.ledger.cells.plain import folded

MOST_IN_RANGE = 500
SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]?\d{1,3}")
MONTH_DAMAGE = re.compile(
    r"(?:\d{1,2}[-\s](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[-\s]\d{1,2}|\d{1,2}月\d{1,2}日)",
    re.IGNORECASE,
)
HASHES = re.compile(r"#{3,}")
TRAILING_COUNT = re.compile(rf"\s*[(\[（]?\s*(?:共|计|合计)?\s*(\d{{1,4}})\s*(?:{COUNT_UNITS})\s*[)\]）]?$")
LIST_SEPARATOR = re.compile(r"\s*[,;、\n\r|]\s*|\s+(?:和|与|及|and|&)\s+|(?<=[0-9A-Za-z])[和与及](?=[0-9A-Za-z])")
RANGE_SIGN = re.compile(r"\s*(?:~+|至|到|\.{2,}|…+|──|--+|\bto\b|->|→|(?<=\d)\s+-\s+(?=\w))\s*", re.IGNORECASE)
ENDING_DIGITS = re.compile(r"(?P<head>(?:.*\D)?)(?P<digits>\d+)(?P<tail>\D*)")


class BadRange(ValueError):
    """The text speaks of several machines and does not say which."""


class Damaged(ValueError):
    """The spreadsheet has turned the number into something else."""


@dataclass(frozen=True, slots=True)
class AssetNumbers:
    """`counted` when the cell itself says how many: a range or a list."""

    numbers: tuple[str, ...]
    counted: bool = False
    told: int | None = None


def identity(number: str) -> str:
    """Two numbers are one asset when they agree in this: NFKC, no blanks, no case."""
    return folded(number)


def parse_asset_numbers(text: str, *, count: int | None = None) -> AssetNumbers:
    """One or more numbers; `count`, the row's own quantity, decides where a dash could be both.

    Raises `Damaged` for 2.02E+11 and the like, `BadRange` for a range that cannot be counted out.
    """
    plain = (
        normalize("NFKC", text)
        .replace("–", "-")
        .replace("—", "~")
        .replace("−", "-")
        .replace("～", "~")
        .replace("∼", "~")
        .strip()
    )
    if is_damaged(plain):
        raise Damaged(text)
    told = None
    if (match := TRAILING_COUNT.search(plain)) and (
        match.start() > 0
        and re.search(r"[)\]）]$|共|计|\s", plain[match.start() :])
        and _has_digit(plain[: match.start()])
    ):
        told = int(match[1])
        plain = plain[: match.start()].strip()
    plain = plain.strip("()[] ")
    if re.search(r"\d\s*等\s*(?:\d+\s*\S{0,2})?$", plain):
        raise BadRange(text)
    numbers: list[str] = []
    ranges = 0
    pieces = _pieces(plain, count)
    for piece in pieces:
        expanded = _expanded(piece, text, count=count or told)
        ranges += len(expanded) > 1
        numbers.extend(expanded)
    if len(numbers) > MOST_IN_RANGE:
        raise BadRange(text)
    return AssetNumbers(tuple(dict.fromkeys(numbers)), counted=ranges > 0 or len(pieces) > 1, told=told)


def is_damaged(text: str) -> bool:
    return bool(SCIENTIFIC.fullmatch(text) or MONTH_DAMAGE.fullmatch(text) or HASHES.fullmatch(text))


def _has_digit(text: str) -> bool:
    return any(mark.isdigit() for mark in text)


def _pieces(text: str, count: int | None) -> list[str]:
    pieces = [piece.strip() for piece in LIST_SEPARATOR.split(text) if piece and piece.strip()]
    if len(pieces) == 1:
        for separator in ("/", " "):
            parts = [part.strip() for part in text.split(separator) if part.strip()]
            if len(parts) > 1 and (len({_shape(part) for part in parts}) == 1 or len(parts) == count) and _alike(parts):
                return parts
            if (
                len(parts) > 1
                and (len(parts) == count or _climbs(parts))
                and not parts[0].isdigit()
                and all(part.isdigit() for part in parts[1:])
            ):
                return [_completed(part, parts[0]) for part in parts]
    if len(pieces) > 1 and not all(_has_digit(piece) for piece in pieces):
        return [text]
    return [_completed(piece, pieces[0]) for piece in pieces]


def _climbs(parts: list[str]) -> bool:
    """A-01/02/03: further endings of the same length, in order."""
    first = ENDING_DIGITS.fullmatch(parts[0])
    endings = [first["digits"], *parts[1:]] if first and len(first["digits"]) > 1 else []
    same = len({len(ending) for ending in endings}) == 1 and all(ending.isdigit() for ending in endings)
    return same and all(int(one) < int(two) for one, two in pairwise(endings))


def _alike(parts: list[str]) -> bool:
    """Full numbers beside each other, as A001 A002; SB/2021/001 is one number, and so is A 001."""
    return all(re.fullmatch(r"[A-Za-z\u4e00-\u9fff]+[-_.]?.*\d{2,}", part) for part in parts)


def _shape(text: str) -> str:
    return re.sub(r"\d", "9", text)


def _completed(piece: str, first: str) -> str:
    """A001、002、003: what follows the first borrows its letters when it has the same number of digits."""
    match = ENDING_DIGITS.fullmatch(first)
    if (
        piece.isdigit()
        and match
        and match["head"]
        and not first.isdigit()
        and len(piece) <= len(match["digits"])
        and not RANGE_SIGN.search(first)
    ):
        return f"{match['head']}{match['digits'][: len(match['digits']) - len(piece)]}{piece}{match['tail']}"
    return piece


def _expanded(piece: str, text: str, *, count: int | None) -> list[str]:
    parts = list(RANGE_SIGN.split(piece))
    if len(parts) == 2:
        return _range(parts[0].strip(), parts[1].strip(), text)
    if len(parts) > 2:
        raise BadRange(text)
    return _dashed(piece, count) if "-" in piece else [piece]


def _range(first: str, last: str, text: str) -> list[str]:
    start, end = ENDING_DIGITS.fullmatch(first), ENDING_DIGITS.fullmatch(last)
    if not start or not end:
        raise BadRange(text)
    if end["head"] and folded(end["head"]) != folded(start["head"]):
        raise BadRange(text)
    if folded(end["tail"]) != folded(start["tail"]) and (start["tail"] or not end["head"]):
        raise BadRange(text)
    digits = end["digits"]
    if not end["head"] and len(digits) < len(start["digits"]):
        digits = start["digits"][: len(start["digits"]) - len(digits)] + digits
    low, high = int(start["digits"]), int(digits)
    if (
        not low < high
        or high - low >= MOST_IN_RANGE
        or (len(digits) != len(start["digits"]) and start["digits"].startswith("0"))
    ):
        raise BadRange(text)
    width = len(start["digits"])
    return [f"{start['head']}{number:0{width}d}{start['tail']}" for number in range(low, high + 1)]


def _dashed(piece: str, count: int | None) -> list[str]:
    """A001-A005 is a range, A001-005 only when the count says so: many numbers simply contain a dash."""
    for position, mark in enumerate(piece):
        first, last = ENDING_DIGITS.fullmatch(piece[:position]), ENDING_DIGITS.fullmatch(piece[position + 1 :])
        if mark != "-" or not first or not last:
            continue
        if _is_full_range(first, last) or _is_short_range(first, last, count):
            return _range(piece[:position], piece[position + 1 :], piece)
    return [piece]


def _is_full_range(first: re.Match[str], last: re.Match[str]) -> bool:
    """Both sides are whole numbers of one series, in order."""
    return (
        (re.search(r"[^\W\d]", first["head"]) is not None or first["tail"] != "")
        and folded(first["head"]) == folded(last["head"])
        and folded(first["tail"]) == folded(last["tail"])
        and len(first["digits"]) == len(last["digits"])
        and 0 < int(last["digits"]) - int(first["digits"]) < MOST_IN_RANGE
    )


def _is_short_range(first: re.Match[str], last: re.Match[str], count: int | None) -> bool:
    """The right side is digits alone, and the row's count is what the range would give."""
    if not count or count < 2 or last["head"] or last["tail"] or first["tail"]:
        return False
    digits, ending = first["digits"], last["digits"]
    if len(ending) > len(digits):
        return False
    return int(digits[: len(digits) - len(ending)] + ending) - int(digits) + 1 == count
