"""How money, times and quantities read on a page, in Chinese and in English.

Pure functions: the reader's locale (`zh_CN`, `en`) and zone are arguments. `marketplace.ui.filters` puts them into Jinja.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from marketplace.kernel.money import Money

SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$"}
MINUS = "−"
DASH = "–"
DAYS_ZH = "一二三四五六日"
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTES_OF_DAY = 24 * 60


def is_chinese(locale: str) -> bool:
    return locale.lower().startswith("zh")


# money ------------------------------------------------------------------------------------------------------------


def as_money(value: int | Money) -> Money:
    """An int is fen of CNY."""
    return Money(value, "CNY") if isinstance(value, int) else value


def minor_units(value: int | Money) -> int:
    """The bare number, for shares of a bar."""
    return value if isinstance(value, int) else value.amount


def amount(value: int | Money) -> str:
    """All decimals of the currency without its sign, for columns: `5,940.00`."""
    exact = as_money(value).units
    return f"{MINUS if exact < 0 else ''}{abs(exact):,f}"


def money(value: int | Money) -> str:
    """With the sign of the currency: `¥5,940.00`, `−¥12.30`."""
    whole = as_money(value)
    symbol = SYMBOLS.get(whole.currency, f"{whole.currency} ")
    return f"{MINUS if whole.amount < 0 else ''}{symbol}{amount(abs(whole))}"


def money_short(value: int | Money) -> str:
    """Money without `.00` when it is whole, for prices in running text: `¥5,940`, `¥5,940.50`."""
    return money(value).removesuffix(".00")


def amount_short(value: int | Money) -> str:
    """As `amount`, without `.00` when it is whole: `5,940`."""
    return amount(value).removesuffix(".00")


# numbers ----------------------------------------------------------------------------------------------------------


def number(value: float | Decimal, digits: int | None = None) -> str:
    """Thousands separated; without `digits` as exact as given, no trailing zeros: `12,849.6`."""
    exact = Decimal(str(value))
    if digits is not None:
        text = f"{abs(exact):,.{digits}f}"
    else:
        text = f"{abs(exact):,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if exact < 0 and any(char in "123456789" for char in text) else text


def percent(value: float | Decimal, digits: int = 0) -> str:
    """A share of one as per cent: 0.624 reads `62 %`."""
    return f"{number(Decimal(str(value)) * 100, digits)}\N{NARROW NO-BREAK SPACE}%"


def signed(value: float | Decimal, digits: int = 2) -> str:
    """A gain or loss always with its sign: `+1.25`, `−1.94`, `0.00`."""
    text = number(value, digits)
    return f"+{text}" if value > 0 and any(char in "123456789" for char in text) else text


def quantity(value: float | Decimal, unit: str, digits: int | None = None) -> str:
    """A number with its unit and a space that does not break: `800 mm`; degrees stand close: `30°`."""
    space = "" if unit in {"°", "′", "″", ""} else "\N{NO-BREAK SPACE}"
    return f"{number(value, digits)}{space}{unit}"


def file_size(size_bytes: int) -> str:
    """`410 KB`, `3.2 MB`."""
    if size_bytes < 1024:
        return quantity(size_bytes, "B")
    if size_bytes < 1024 * 1024:
        return quantity(round(size_bytes / 1024), "KB")
    return quantity(size_bytes / 1024 / 1024, "MB", 1)


# times ------------------------------------------------------------------------------------------------------------


def day(value: date | datetime, locale: str, zone: tzinfo, today: date | None = None) -> str:
    """`12月03日 周四` / `Thu 3 Dec`; with a year when that is not today's: `2027年03月02日 周二` / `Tue 2 Mar 2027`."""
    at = value.astimezone(zone).date() if isinstance(value, datetime) else value
    other_year = today is not None and at.year != today.year
    if is_chinese(locale):
        year = f"{at.year}年" if other_year else ""
        return f"{year}{at.month:02d}月{at.day:02d}日 周{DAYS_ZH[at.weekday()]}"
    year = f" {at.year}" if other_year else ""
    return f"{DAYS_EN[at.weekday()]} {at.day} {MONTHS_EN[at.month - 1]}{year}"


def month(value: date | datetime, locale: str) -> str:
    """`2026年12月` / `Dec 2026`."""
    if is_chinese(locale):
        return f"{value.year}年{value.month}月"
    return f"{MONTHS_EN[value.month - 1]} {value.year}"


def clock_time(value: datetime, zone: tzinfo) -> str:
    """`08:00` in the zone."""
    return f"{value.astimezone(zone):%H:%M}"


def moment(value: datetime, locale: str, zone: tzinfo, today: date | None = None) -> str:
    """`12月03日 周四 08:00` / `Thu 3 Dec, 08:00`."""
    space = " " if is_chinese(locale) else ", "
    return f"{day(value, locale, zone, today)}{space}{clock_time(value, zone)}"


def near_day(value: date | datetime, locale: str, zone: tzinfo, today: date) -> str:
    """`今天`, `明天`, `昨天` where that is so, else the day."""
    at = value.astimezone(zone).date() if isinstance(value, datetime) else value
    words = {-1: ("昨天", "yesterday"), 0: ("今天", "today"), 1: ("明天", "tomorrow")}
    pair = words.get((at - today).days)
    return pair[0 if is_chinese(locale) else 1] if pair else day(value, locale, zone, today)


def near(value: datetime, locale: str, zone: tzinfo, today: date) -> str:
    """As `moment`, with `今天` / `today` for the days around."""
    space = " " if is_chinese(locale) else ", "
    return f"{near_day(value, locale, zone, today)}{space}{clock_time(value, zone)}"


def _end_of(start: datetime, end: datetime, locale: str, zone: tzinfo, today: date | None) -> str:
    """The end of a range, told from its start: same day, midnight, next day, or with its own date."""
    start, end = start.astimezone(zone), end.astimezone(zone)
    days = (end.date() - start.date()).days
    if days == 0:
        return f"{DASH}{end:%H:%M}"
    if days == 1 and (end.hour, end.minute) == (0, 0):
        return f"{DASH}24:00"
    if days == 1:
        return f" {DASH} {'次日 ' if is_chinese(locale) else 'next day '}{end:%H:%M}"
    return f" {DASH} {moment(end, locale, zone, today)}"


def moment_range(start: datetime, end: datetime, locale: str, zone: tzinfo, today: date | None = None) -> str:
    """`12月03日 周四 08:00–12:00`, over midnight `… 20:00 – 次日 08:00`, over days both dates in full."""
    return f"{moment(start, locale, zone, today)}{_end_of(start, end, locale, zone, today)}"


def time_range(start: datetime, end: datetime, locale: str, zone: tzinfo) -> str:
    """The hours alone: `08:00–12:00`, `20:00 – 次日 08:00`."""
    return f"{clock_time(start, zone)}{_end_of(start, end, locale, zone, None)}"


def day_range(first: date, last: date, locale: str, zone: tzinfo, today: date | None = None) -> str:
    """Whole days, both included: `12月03日 周四 – 12月09日 周三`; a single day once."""
    if first == last:
        return day(first, locale, zone, today)
    return f"{day(first, locale, zone, today)} {DASH} {day(last, locale, zone, today)}"


# spans of time ----------------------------------------------------------------------------------------------------


def _parts(minutes: int, locale: str) -> list[str]:
    days, rest = divmod(minutes, MINUTES_OF_DAY)
    hours, minutes_left = divmod(rest, 60)
    if is_chinese(locale):
        named = [(days, "天"), (hours, "小时"), (minutes_left, "分")]
        return [f"{count} {word}" for count, word in named if count]
    named = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes_left, "min")]
    return [f"{count} {word}" for count, word in named if count]


def duration(value: timedelta | int, locale: str) -> str:
    """The exact length: `5 小时 40 分`, `2 天 4 小时`; an int is minutes."""
    minutes = value if isinstance(value, int) else round(value.total_seconds() / 60)
    if minutes == 0:
        return "0 分" if is_chinese(locale) else "0 min"
    text = " ".join(_parts(abs(minutes), locale))
    return f"{MINUS}{text}" if minutes < 0 else text


def span(value: timedelta | int, locale: str) -> str:
    """A length as people say it, at most two units: `5 小时 40 分`, `3 天`, `不到 1 分`; from two days on, days alone."""
    minutes = abs(value if isinstance(value, int) else int(value.total_seconds() // 60))
    if minutes == 0:
        return "不到 1 分" if is_chinese(locale) else "under 1 min"
    if minutes >= 2 * MINUTES_OF_DAY:
        minutes -= minutes % MINUTES_OF_DAY
    return " ".join(_parts(minutes, locale)[:2])


def left(until: datetime, now: datetime, locale: str) -> str:
    """What remains or by how much it is late: `还有 5 小时 40 分` / `已超 2 小时`."""
    if until >= now:
        text = span(until - now, locale)
        return f"还有{'' if text.startswith('不到') else ' '}{text}" if is_chinese(locale) else f"{text} left"
    text = span(now - until, locale)
    return f"已超 {text}" if is_chinese(locale) else f"{text} overdue"


def ago(since: datetime, now: datetime, locale: str) -> str:
    """How long ago: `2 小时前` / `2 h ago`."""
    text = span(max(now - since, timedelta()), locale)
    return f"{text}前" if is_chinese(locale) else f"{text} ago"
