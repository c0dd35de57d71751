"""A number's format says what the clerk sees: a date and its precision, leading zeros, a unit, a per cent sign."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

BUILT_IN = {
    9: "0%",
    10: "0.00%",
    14: "yyyy-m-d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-m-d h:mm",
    27: "yyyy年m月",
    28: "m月d日",
    29: "m月d日",
    30: "m-d-yy",
    31: "yyyy年m月d日",
    32: "h:mm",
    33: "h:mm:ss",
    34: "h:mm",
    35: "h:mm:ss",
    36: "yyyy年m月",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    50: "yyyy年m月",
    51: "m月d日",
    52: "yyyy年m月",
    53: "m月d日",
    54: "m月d日",
    55: "yyyy年m月",
    56: "m月d日",
    57: "yyyy年m月",
    58: "m月d日",
}
"""Excel's numbered formats that change the reading, with the Chinese meaning of 27 to 58 (ECMA-376, 18.8.30)."""

LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`date_precision` is year, month, day, time or None; the rest describes a plain number."""

    date_precision: str | None = None
    zeros: int = 0
    decimals: int = 0
    per_cent: bool = False
    before: str = ""
    after: str = ""


PLAIN = NumberFormat()


@lru_cache(maxsize=1024)
def read_format(code: str) -> NumberFormat:
    section = _first_section(code)
    bare = LITERAL.sub("", section).lower()
    if precision := _date_precision(bare):
        return NumberFormat(date_precision=precision)
    if "general" in bare or "@" in bare or not any(mark in bare for mark in "0#?"):
        return PLAIN
    before, after = _literals(section)
    digits = bare.strip()
    zeros = len(digits) if digits and set(digits) == {"0"} else 0
    fixed = re.search(r"\.(0+)", digits)
    decimals = len(fixed[1]) if fixed else 0
    return NumberFormat(
        decimals=decimals, zeros=zeros if zeros > 1 else 0, per_cent="%" in bare, before=before, after=after
    )


def _first_section(code: str) -> str:
    quoted = False
    for position, mark in enumerate(code):
        if mark == '"':
            quoted = not quoted
        elif mark == ";" and not quoted:
            return code[:position]
    return code


def _date_precision(bare: str) -> str | None:
    if not re.search(r"[ymdhs]|上午", bare) or "general" in bare:
        return None
    if "y" in bare or "e" in bare.replace("general", ""):
        if "d" in bare:
            return "day"
        return "month" if "m" in bare else "year"
    if "d" in bare:
        return "day"
    return "time" if re.search(r"[hs]", bare) else "day"


def _literals(section: str) -> tuple[str, str]:
    """Words in front of and behind the digits; a bare currency sign counts, brackets and padding do not."""
    parts = ["", ""]
    side = 0
    position = 0
    while position < len(section):
        if match := LITERAL.match(section, position):
            parts[side] += match[1] or match[2] or match[3] or ""
            position = match.end()
            continue
        mark = section[position]
        if mark in "0#?.,%":
            side = 1
        elif mark not in "-()+ ":
            parts[side] += mark
        position += 1
    return parts[0].strip(" -()"), parts[1].strip(" -()")


def as_shown(value: str, code: str | None, *, epoch_1904: bool) -> tuple[str, str]:
    """(kind, text) of a stored number: `d` with an ISO date, `n` with digits, words of the format included."""
    shape = read_format(code) if code else PLAIN
    if value.isdigit() and value[15:].strip("0"):
        return "n", value  # written by a program that keeps all digits: nothing is lost yet
    number = float(value)
    if shape.date_precision:
        shown = serial_date(number, shape.date_precision, epoch_1904=epoch_1904)
        return ("d", shown) if shown else ("n", plain(number))
    text = plain(number)
    if shape.decimals == 2 and 1900 <= number < 2200:
        text = f"{number:.2f}"  # 2021.10 is October
    if shape.per_cent:
        text = f"{(Decimal(text) * 100).normalize():f}%"
    if shape.zeros and text.isdigit():
        text = text.zfill(shape.zeros)
    return "n", f"{shape.before}{text}{shape.after}"


def plain(number: float) -> str:
    """The shortest digits that mean the stored number; beyond 15 digits the scientific form, for they are lost."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    if "e" in text and abs(number) < 1e15:
        return f"{Decimal(text):f}"
    return text.upper() if "e" in text else f"{number:.14E}" if abs(number) >= 1e15 else text


def serial_date(serial: float, precision: str, *, epoch_1904: bool) -> str | None:
    """A spreadsheet's day number as ISO text; None outside the calendar. The 1900 system has a 29 February 1900."""
    if precision == "time" or not 0 <= serial < 2_958_466:
        return _clock_time(serial) if precision == "time" and 0 <= serial < 1000 else None
    days = int(serial)
    if epoch_1904:
        day = EPOCH_1904 + timedelta(days=days)
    elif days < 1:
        return None
    else:
        day = EPOCH_1900 + timedelta(days=days + 1 if days < 60 else days)
    return cut(day.isoformat(), precision)


def _clock_time(serial: float) -> str:
    seconds = round(serial * 86_400)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def cut(iso: str, precision: str) -> str:
    return {"year": iso[:4], "month": iso[:7]}.get(precision, iso[:10])
