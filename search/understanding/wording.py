"""How an understood piece is said to a reader, in the reader's language: dates, hours, money, limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from marketplace.kernel.quantities import format_number, format_quantity
from search.understanding.results import Budget, Quantity
from search.understanding.words import AttributeWords, OptionWords, TypeWords, ZoneWords

_HAN_WEEKDAYS = "一二三四五六日"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OPERATORS = {">=": "≥", "<=": "≤", "=": "="}
_PERS = {
    "job": ("整单", "for the job"), "hour": ("每小时", "an hour"), "day": ("每天", "a day"), "week": ("每周", "a week"),
    "month": ("每月", "a month"), "piece": ("每件", "a piece"), "sample": ("每个样品", "a sample"), "square_metre": ("每平方米", "a square metre"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language: Chinese for zh locales, English for all others."""

    is_chinese: bool

    def say(self, zh: str, en: str) -> str:
        return zh if self.is_chinese else en

    @property
    def locale(self) -> str:
        return self.say("zh", "en")

    def name(self, words: TypeWords | AttributeWords | OptionWords | ZoneWords) -> str:
        return self.say(words.zh, words.en) or words.code

    def quoted(self, written: str) -> str:
        return self.say(f"「{written}」", f"“{written}”")

    def day(self, moment: datetime) -> str:
        if self.is_chinese:
            return f"{moment.month}月{moment.day:02d}日 周{_HAN_WEEKDAYS[moment.weekday()]}"
        return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"

    def start(self, moment: datetime) -> str:
        return self.day(moment) if is_midnight(moment) else self._with_time(moment, f"{moment:%H:%M}")

    def end(self, moment: datetime) -> str:
        """The end of a window: midnight is 24:00 of the day before."""
        if is_midnight(moment):
            return self._with_time(moment - timedelta(1), "24:00")
        return self._with_time(moment, f"{moment:%H:%M}")

    def between(self, start: datetime, end: datetime) -> str:
        """A window; whole days without times."""
        last = end - timedelta(1) if is_midnight(end) else end
        if is_midnight(start) and is_midnight(end):
            return self.day(start) if last.date() == start.date() else f"{self.day(start)} – {self.day(last)}"
        if last.date() == start.date():
            closing = "24:00" if is_midnight(end) else f"{end:%H:%M}"
            return self._with_time(start, f"{start:%H:%M}–{closing}")
        return f"{self._with_time(start, f'{start:%H:%M}')} – {self.end(end)}"

    def hours(self, hours: Decimal) -> str:
        number = format_number(hours)
        return self.say(f"{number} 小时", f"{number} hour" if hours == 1 else f"{number} hours")

    def days(self, days: Decimal) -> str:
        number = format_number(days)
        return self.say(f"{number} 天", f"{number} day" if days == 1 else f"{number} days")

    def budget(self, budget: Budget) -> str:
        yuan = format_number(Decimal(budget.amount) / 100)
        zh, en = _PERS[budget.per]
        return self.say(f"{zh} ≤ ¥{yuan}", f"≤ ¥{yuan} {en}")

    def quantity(self, quantity: Quantity) -> str:
        number = format_number(Decimal(quantity.amount))
        if quantity.kind == "pieces":
            return self.say(f"{number} 件", f"{number} pc" if quantity.amount == 1 else f"{number} pcs")
        return self.say(f"{number} 台", f"{number} unit" if quantity.amount == 1 else f"{number} units")

    def radius(self, metres: int) -> str:
        return f"{format_number(Decimal(metres) / 1000)} km" if metres >= 1000 else f"{metres} m"

    def limit(self, attribute: AttributeWords, op: str, value: int, unit: str) -> str:
        """A limit as a reader sees it: "≥ 600 mm", "≤ ±0.01 mm"."""
        sign = "±" if attribute.plus_minus else ""
        return f"{_OPERATORS[op]} {sign}{format_quantity(value, attribute.dimension or 'count', unit, self.locale)}"

    def _with_time(self, moment: datetime, times: str) -> str:
        return self.say(f"{self.day(moment)} {times}", f"{self.day(moment)}, {times}")


def is_midnight(moment: datetime) -> bool:
    return moment.hour == 0 and moment.minute == 0


def speaker(locale: str) -> Speaker:
    return Speaker(is_chinese=locale.lower().startswith("zh"))
